"""From an authorization request to a code.

request (what was asked, checked) → sign_in (who is here) → inquiry and question (what remains to be asked) → page (how
it is shown) and pending (what waits for the answer) → codes and answers (what the client gets).
"""
