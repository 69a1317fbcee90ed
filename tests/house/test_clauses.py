"""Promises and tests, both ways: none without the other, and docs/protocol.md tells what is so."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.clauses import CLAUSES, DOCUMENTS, PLANNED, REFERENCE, Clause
from tests.clauses.document import PATH, render
from tests.clauses.proofs import find_proofs, find_stray_marks

OURS = re.compile(r"P-[A-Z][0-9]+\.[0-9]+")
# Every rule of the protocol; a rule with several promises has several clauses.
RULES = {"I": 5, "D": 4, "C": 10, "A": 10, "G": 4, "T": 6, "R": 2, "O": 1, "M": 7, "X": 1, "L": 2}


def test_every_promise_is_proved_or_is_not_kept_yet() -> None:
    proved = {proof.clause_id for proof in find_proofs()}
    assert {clause.id for clause in CLAUSES} - proved == PLANNED.keys()


def test_every_proof_is_of_a_promise() -> None:
    known = {clause.id for clause in CLAUSES}
    assert [proof for proof in find_proofs() if proof.clause_id not in known] == []


def test_no_promise_is_made_twice_and_no_proof_is_claimed_twice() -> None:
    for counted in (Counter(clause.id for clause in CLAUSES), Counter(clause.promise for clause in CLAUSES)):
        assert [what for what, count in counted.items() if count > 1] == []
    assert [proof for proof, count in Counter(find_proofs()).items() if count > 1] == []


def test_every_mark_stands_on_a_test_and_names_its_promises() -> None:
    assert find_stray_marks() == []


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.id)
def test_a_promise_is_one_sentence_and_says_where_it_comes_from(clause: Clause) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][^\n]*[^.]\.", clause.promise)
    assert clause.is_ours == bool(OURS.fullmatch(clause.id))
    assert clause.is_ours or not clause.sources
    for reference in clause.references:
        found = REFERENCE.fullmatch(reference)
        assert found is not None, reference
        assert found["document"] in DOCUMENTS, reference
    assert clause.is_ours or re.fullmatch(rf"{REFERENCE.pattern}(/[a-z])?", clause.id)


def test_every_rule_of_the_protocol_is_promised_and_no_other() -> None:
    rules = {f"P-{chapter}{number}" for chapter, last in RULES.items() for number in range(1, last + 1)}
    assert {clause.id.partition(".")[0] for clause in CLAUSES if clause.is_ours} == rules


def test_every_document_is_referred_to() -> None:
    found = {match["document"] for clause in CLAUSES for match in map(REFERENCE.fullmatch, clause.references) if match}
    assert found == DOCUMENTS.keys()


def test_a_reason_is_given_for_what_is_not_kept_yet() -> None:
    assert all(reason.endswith(".") for reason in PLANNED.values())


def test_the_document_is_up_to_date() -> None:
    assert PATH.read_text(encoding="utf-8") == render(), "Run `make docs`."
