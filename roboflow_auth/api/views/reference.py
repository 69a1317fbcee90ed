"""The API described: as an OpenAPI 3.1 document for programs, as a page for people. Both are public."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from roboflow_auth.api.document import openapi_document
from roboflow_auth.api.problem_codes import PROBLEM_CODES
from roboflow_auth.api.reference import make_chapters
from roboflow_auth.core.public_url import Resource, public_url_of, resource_url


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Answer with the OpenAPI document."""
    response = JsonResponse(openapi_document(public_url_of(request)), json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show the reference."""
    issuer = public_url_of(request)
    context = {
        "api_url": resource_url(issuer, Resource.API),
        "chapters": make_chapters(openapi_document(issuer)),
        "problem_codes": PROBLEM_CODES,
    }
    return render(request, "api/reference.html", context)
