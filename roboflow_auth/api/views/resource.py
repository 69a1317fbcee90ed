"""What all resources of the API have in common: a caller, inputs that were checked, and answers made from shapes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api.authentication import CredentialAuthentication
from roboflow_auth.api.challenges import NoCredential
from roboflow_auth.api.operations import OperationSchema
from roboflow_auth.api.parsers import LengthRequired, StrictJSONParser
from roboflow_auth.api.permissions import DeclaredActions
from roboflow_auth.api.serializers import Input, read_input
from roboflow_auth.audit.recorder import digest_arguments
from roboflow_auth.core.http import MalformedBody, no_store, single_parameters
from roboflow_auth.core.rate_limits import LimitName, check
from roboflow_auth.core.request_context import current_request

ShapeT = TypeVar("ShapeT")


@dataclass(frozen=True, slots=True)
class Created(Generic[ShapeT]):
    """A shape that is new, and its address under this server."""

    shape: ShapeT
    path: str


class OnlyJSON(BaseContentNegotiation):
    """Answers JSON whatever is asked for: RFC 9110 §12.5.1 lets a server that has one format send it."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Return the parser for the body's media type, or None."""
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the one renderer."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class ResourceView(APIView):
    """A resource. Its methods take the names in the path and return a shape, or a shape that is `Created`.

    `actions` declares what each method does, `queries` and `bodies` what it takes, `tag` the chapter of the reference.
    """

    authentication_classes = (CredentialAuthentication,)
    permission_classes = (DeclaredActions,)
    parser_classes = (StrictJSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyJSON
    # Not OPTIONS: what there is stands in the OpenAPI document.
    http_method_names = ("get", "head", "post", "put", "patch", "delete")
    schema = OperationSchema()

    tag: ClassVar[str]
    actions: ClassVar[dict[str, Action]]
    queries: ClassVar[dict[str, type[Input]]] = {}
    bodies: ClassVar[dict[str, type[Input]]] = {}

    found_caller: Principal | None = None

    @property
    def caller(self) -> Principal:
        """Who asks. Raises `NoCredential` when nobody said."""
        if self.found_caller is None:
            raise NoCredential
        return self.found_caller

    def perform_authentication(self, request: Request) -> None:
        """Find the caller, and count the call. Raises `TooManyRequests`."""
        caller: Principal | None = request.user  # type: ignore[assignment]
        if caller is not None:
            # P-L1. Nobody is the caller of a call too many, so it leaves no audit row: a limit that writes for each
            # refusal would not bound the work it causes.
            check(LimitName.API, caller.lent_by)
        self.found_caller = caller

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check credential, declaration and access, then read the inputs of the method."""
        super().initial(request, *args, **kwargs)
        method = "GET" if request.method == "HEAD" else str(request.method)
        parameters = read_input(self.queries.get(method, Input), _parameters(request))
        body = read_input(self.bodies[method], _body(request)) if method in self.bodies else {}
        self.inputs: dict[str, Any] = {**parameters, **body}
        current_request().arguments_digest = digest_arguments({**kwargs, **self.inputs})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer with a method's shape as JSON; no cache keeps any answer."""
        return no_store(super().finalize_response(request, _answer(response), *args, **kwargs))


def _answer(result: Any) -> Any:
    if isinstance(result, Created):
        location = current_request().issuer + result.path
        return Response(asdict(result.shape), status=201, headers={"Location": location})
    if is_dataclass(result) and not isinstance(result, type):
        return Response(asdict(result))
    return result


def _body(request: Request) -> Any:
    # RFC 9110 §15.5.12: better to say so than to take a body of unknown length for an empty one.
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired
    return request.data


def _parameters(request: Request) -> dict[str, str]:
    try:
        # RFC 3986 §3.4: what is not ASCII is percent-encoded.
        return single_parameters(request.META.get("QUERY_STRING", "").encode("ascii"))
    except (MalformedBody, UnicodeEncodeError) as error:
        raise ParseError("The query is not well-formed, or a parameter in it is repeated.") from error
