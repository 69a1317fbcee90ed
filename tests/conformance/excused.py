"""What the suite asks and this server is not made to answer, each with the reason; everything else must pass.

Most of the suite's server scenarios are written for an "everything" server, the suite's own example: they call its
tools, prompts and resources by name. The suite itself holds this list to account: an entry that no longer fails is an
error, as is a failure that has no entry.
"""

from __future__ import annotations

_TOOL = "calls a tool of the everything server by its name, such as test_simple_text"
_PROMPTS = "this server offers no prompts, and says so in its capabilities"
_RESOURCES = "this server offers no resources, and says so in its capabilities"
_COMPLETIONS = "without prompts and resources there is nothing to complete; the capability is not offered"
_LOGGING = "this server sends no log messages to clients; the capability is not offered"
_INPUT = "calls a tool of the everything server that asks back; no tool here does"
_PARAMETER_HEADERS = "no tool here asks for a parameter to be repeated in a header (x-mcp-header)"

SCENARIOS = {
    "completion-complete": _COMPLETIONS,
    "elicitation-sep1034-defaults": _TOOL,
    "elicitation-sep1330-enums": _TOOL,
    "http-custom-header-server-validation": _PARAMETER_HEADERS,
    "input-required-result-basic-elicitation": _INPUT,
    "input-required-result-basic-list-roots": _INPUT,
    "input-required-result-basic-sampling": _INPUT,
    "input-required-result-capability-check": _INPUT,
    "input-required-result-ignore-extra-params": _INPUT,
    "input-required-result-missing-input-response": _INPUT,
    "input-required-result-multi-round": _INPUT,
    "input-required-result-multiple-input-requests": _INPUT,
    "input-required-result-non-tool-request": _PROMPTS,
    "input-required-result-request-state": _INPUT,
    "input-required-result-result-type": _INPUT,
    "input-required-result-tampered-state": _INPUT,
    "json-schema-2020-12": _TOOL,
    "logging-set-level": _LOGGING,
    "prompts-get-embedded-resource": _PROMPTS,
    "prompts-get-simple": _PROMPTS,
    "prompts-get-with-args": _PROMPTS,
    "prompts-get-with-image": _PROMPTS,
    "prompts-list": _PROMPTS,
    "resources-list": _RESOURCES,
    "resources-read-binary": _RESOURCES,
    "resources-read-text": _RESOURCES,
    "resources-subscribe": _RESOURCES,
    "resources-templates-read": _RESOURCES,
    "resources-unsubscribe": _RESOURCES,
    "sep-2164-resource-not-found": _RESOURCES,
    "server-sse-polling": _TOOL,
    "tools-call-audio": _TOOL,
    "tools-call-elicitation": _TOOL,
    "tools-call-embedded-resource": _TOOL,
    "tools-call-error": _TOOL,
    "tools-call-image": _TOOL,
    "tools-call-mixed-content": _TOOL,
    "tools-call-sampling": _TOOL,
    "tools-call-simple-text": _TOOL,
    "tools-call-with-logging": _TOOL,
    "tools-call-with-progress": _TOOL,
}
"""Scenarios that run and are not counted, with the reason."""

CHECKS = {
    "caching:sep-2549-prompts-list-caching-hints": _PROMPTS,
    "caching:sep-2549-resources-list-caching-hints": _RESOURCES,
    "caching:sep-2549-resources-templates-list-caching-hints": _RESOURCES,
    "server-sse-multiple-streams:server-sse-multiple-streams-session": (
        "a warning only: no session ID is given, which the transport leaves to the server (2025-11-25,"
        " Transports, Session Management), and any node may answer any request (P-M5)"
    ),
    "server-stateless:sep-2575-http-server-no-independent-requests-on-stream": _TOOL,
    "server-stateless:sep-2575-missing-capability-http-400": _TOOL,
    "server-stateless:sep-2575-server-no-log-without-loglevel": _TOOL,
    "server-stateless:sep-2575-server-rejects-undeclared-capability": _TOOL,
}
"""Single checks of scenarios that are counted, as `scenario:check`, with the reason."""

_TASKS = "the tasks extension (SEP-2663) is optional and not offered; no tool here runs for long"
_SKILLS = "the skills extension (SEP-2640) is optional and not offered"

EXTENSIONS = {
    "sep-2640-skills-directory": _SKILLS,
    "sep-2640-skills-enumeration": _SKILLS,
    "sep-2640-skills-manifest": _SKILLS,
    "tasks-capability-negotiation": _TASKS,
    "tasks-dispatch-and-envelope": _TASKS,
    "tasks-lifecycle": _TASKS,
    "tasks-mrtr-composition": _TASKS,
    "tasks-mrtr-input": _TASKS,
    "tasks-request-headers": _TASKS,
    "tasks-request-state-removal": _TASKS,
    "tasks-required-task-error": _TASKS,
    "tasks-status-notifications": _TASKS,
    "tasks-wire-fields": _TASKS,
}
"""Scenarios of extensions, which belong to no revision of the protocol and so are not run at all, with the reason."""

BASELINE = [*SCENARIOS, *CHECKS]
"""What is expected to fail, as the suite's own option --expected-failures takes it."""
