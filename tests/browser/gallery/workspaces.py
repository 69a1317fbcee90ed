"""The states of a workspace's pages, of the API reference, and of Django admin."""

from __future__ import annotations

from tests.browser.gallery.state import ALICE, BOB, DANA, ERIN, STAFF, VISITOR, Section, State, Visit, Walk

_ADMIN = "Django's own page: its markup is not ours, and its colours are checked by Django's project."


def _opened_member(visit: Visit) -> None:
    visit.open("/w/acme/members").get_by_text("Change bob@demo.local").click()


def _rule(visit: Visit) -> None:
    visit.open("/w/acme/apps").locator("summary", has_text="Change the rule").click()


def _followed(path: str, link: str) -> Walk:
    def walk(visit: Visit) -> None:
        visit.open(path).get_by_role("main").get_by_role("link", name=link).first.click()
        visit.page.wait_for_load_state()

    return walk


def _image(visit: Visit) -> None:
    page = visit.open("/w/acme/projects/warehouse-shelves?status=annotated")
    page.get_by_role("link", name="aisle-3-010.jpg").first.click()
    page.locator("rect.shape").first.wait_for()


def _revoking(visit: Visit) -> None:
    page = visit.open("/admin/oauth/connection/")
    for box in page.locator("input[name=_selected_action]").all()[:3]:
        box.check()
    page.locator("select[name=action]").select_option("revoke")
    page.locator("button[name=index]").click()


def _app_form(visit: Visit) -> None:
    visit.open("/admin/oauth/client/").locator("#result_list tbody a").first.click()


def _invited(visit: Visit) -> None:
    visit.open(visit.known["invitation"])


WORKSPACE = Section(
    "A workspace",
    "Its people, roles, apps, projects and log, for those whose role allows it.",
    (
        State("workspace", "Overview", ALICE, "/w/acme"),
        State("workspace-labeler", "Overview of a labeler", BOB, "/w/acme"),
        State("workspace-new", "A new workspace", ALICE, "/workspaces/new"),
        State("members", "Members and invitations", ALICE, "/w/acme/members"),
        State("member-edit", "Changing a member", ALICE, _opened_member),
        State("invitation", "An invitation, signed out", VISITOR, _invited),
        State("invitation-answer", "An invitation, signed in", ERIN, _invited),
        State("invitation-gone", "An invitation that is over", VISITOR, "/invitation/gone"),
        State("roles", "Roles", ALICE, "/w/acme/roles"),
        State("role-edit", "Changing a role", ALICE, "/w/acme/roles/line-lead"),
        State("role-new", "A new role", ALICE, "/w/acme/roles/new?from=labeler"),
        State("settings", "Settings", ALICE, "/w/acme/settings"),
        State("workspace-transfer", "Giving it away", ALICE, "/w/acme/transfer"),
        State("workspace-delete", "Deleting it", ALICE, "/w/acme/delete"),
        State("workspace-apps", "Apps of the members", ALICE, "/w/acme/apps"),
        State("workspace-apps-rule", "Which apps members may connect", ALICE, _rule),
        State("workspace-apps-asked", "A member asks for an app", DANA, "/w/harbour/apps"),
        State("workspace-app", "One app", ALICE, _followed("/w/acme/apps", "Cursor")),
        State("audit-log", "Audit log", ALICE, "/w/acme/audit"),
        State("projects", "Projects", ALICE, "/w/acme/projects"),
        State("projects-empty", "No project yet", DANA, "/w/harbour/projects"),
        State("project", "One project", ALICE, "/w/acme/projects/warehouse-shelves"),
        State("image", "One image, with what is marked on it", ALICE, _image),
    ),
)
REFERENCE = Section(
    "API reference", "The REST API, from its OpenAPI document.", (State("api", "Reference", VISITOR, "/api/v1/docs"),)
)
ADMIN = Section(
    "Administration",
    "Django admin in the product's colours, for staff.",
    (
        State("admin", "The first page", STAFF, "/admin/", foreign=_ADMIN),
        State("admin-app", "One app", STAFF, _app_form, foreign=_ADMIN),
        State("admin-question", "Before an action that can't be taken back", STAFF, _revoking, foreign=_ADMIN),
        State("admin-approvals", "Requests for approval", STAFF, "/admin/oauth/approvalrequest/", foreign=_ADMIN),
    ),
)
