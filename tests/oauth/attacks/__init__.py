"""Attacks: every one that RFC 9700 §4, RFC 8628 §5 and the MCP security best practices name, with its tests.

Each line names an attack and one test; `test_table.py` sees to it that the tests exist and that no section is left out.
A line without a test says why the attack does not apply. Tests in this package name their attack in their docstring.

RFC 9700
4.1   Insufficient redirect URI validation      tests/oauth/rules/test_redirect_uri.py::test_an_answer_goes_nowhere_else
4.1   … at registration                         tests/oauth/rules/test_redirect_uri.py::test_dangerous_schemes_are_for_nobody
4.1   … answered with a page                    tests/oauth/test_authorize.py::test_an_unknown_client_or_redirect_uri_gets_a_page_and_never_a_redirect
4.2   Credential leakage via Referer            tests/oauth/attacks/test_redirects.py::test_no_page_tells_another_site_its_address
4.2   … from the answer                         tests/oauth/attacks/test_redirects.py::test_an_answer_does_not_tell_the_client_where_it_came_from
4.3   Credential leakage via browser history    tests/oauth/attacks/test_redirects.py::test_no_page_with_a_code_or_handle_is_kept_by_the_browser
4.3   … access tokens in addresses              tests/oauth/attacks/test_redirects.py::test_nothing_but_a_code_ever_stands_in_an_address
4.3   … codes used again                        tests/oauth/grants/test_authorization_code.py::test_a_reused_code_revokes_the_tokens_it_bought
4.4   Mix-up                                    tests/oauth/attacks/test_redirects.py::test_every_answer_names_this_server_so_that_no_other_can_be_mixed_up_with_it
4.5   Authorization code injection              tests/oauth/attacks/test_codes.py::test_a_stolen_code_is_worth_nothing_in_the_thiefs_own_session
4.5   … into a client with a secret             tests/oauth/attacks/test_codes.py::test_a_code_stolen_from_a_client_with_a_secret_is_worth_nothing_without_the_verifier
4.5   … at another address                      tests/oauth/attacks/test_codes.py::test_a_code_redeemed_as_if_it_had_gone_to_another_address_is_refused
4.5   … by another client                       tests/oauth/grants/test_authorization_code.py::test_another_client_can_not_redeem_a_code_nor_burn_it
4.5   … by two who hold all of it               tests/oauth/attacks/test_codes.py::test_a_code_that_is_raced_for_is_worth_one_set_of_tokens_and_then_none
4.5   … in a race                               tests/oauth/test_races.py::test_of_twenty_redemptions_of_one_code_exactly_one_wins
4.6   Access token injection                    tests/oauth/attacks/test_codes.py::test_an_id_token_fits_one_access_token_only
4.7   Cross-site request forgery                tests/oauth/attacks/test_codes.py::test_the_clients_own_guard_against_forged_answers_comes_back_unchanged
4.7   … of the answer to the page               tests/oauth/attacks/test_codes.py::test_a_page_of_another_site_can_not_answer_for_the_person
4.7   … with the attacker's own page            tests/oauth/attacks/test_codes.py::test_an_attackers_question_can_not_be_answered_in_the_victims_browser
4.8   PKCE downgrade                            tests/oauth/attacks/test_codes.py::test_pkce_can_not_be_taken_out_of_a_request
4.8   … at the redemption                       tests/oauth/attacks/test_codes.py::test_pkce_can_not_be_left_out_of_the_redemption
4.9   Access token leakage at resource servers  tests/oauth/attacks/test_tokens.py::test_a_token_that_leaks_at_one_resource_is_worth_nothing_at_the_other
4.9   … by counterfeit ones                     tests/oauth/attacks/test_tokens.py::test_no_token_is_made_for_the_server_of_somebody_else
4.10  Misuse of stolen access tokens            tests/oauth/attacks/test_tokens.py::test_a_stolen_access_token_dies_by_itself_within_the_hour
4.10  … privileges by registering               tests/oauth/attacks/test_tokens.py::test_what_a_client_says_it_needs_at_registration_gives_it_nothing
4.10  … to get more                             tests/oauth/attacks/test_tokens.py::test_a_stolen_access_token_can_not_be_made_into_more
4.11  Open redirection                          tests/oauth/attacks/test_redirects.py::test_a_link_does_not_send_a_stranger_to_the_site_of_whoever_wrote_it
4.11  … but silently where asked to             tests/oauth/attacks/test_redirects.py::test_a_silent_request_is_answered_silently_even_when_it_is_wrong
4.11  … after signing in and out                tests/oauth/attacks/test_redirects.py::test_signing_in_and_out_leads_to_no_other_site
4.12  307 redirect                              tests/oauth/attacks/test_redirects.py::test_no_redirect_makes_the_browser_send_a_form_again
4.13  TLS terminating reverse proxies           tests/oauth/attacks/test_tokens.py::test_headers_of_a_proxy_are_believed_from_nobody_but_the_proxy
4.13  … that pass on what they were sent        tests/oauth/attacks/test_tokens.py::test_a_proxy_that_passes_on_what_it_was_sent_breaks_nothing
4.14  Refresh token protection: thief second    tests/oauth/grants/test_refresh_replay.py::test_a_thief_who_comes_after_the_victim_is_thrown_out
4.14  … thief first                             tests/oauth/grants/test_refresh_replay.py::test_a_thief_who_comes_before_the_victim_is_thrown_out_when_the_victim_comes
4.14  … bound to the client                     tests/oauth/attacks/test_tokens.py::test_a_refresh_token_is_worth_nothing_to_another_client
4.14  … bound to scope and resource             tests/oauth/attacks/test_tokens.py::test_a_refresh_token_never_buys_more_than_the_person_gave
4.14  … idle                                    tests/oauth/attacks/test_tokens.py::test_an_unused_refresh_token_dies
4.15  Client impersonating resource owner       tests/oauth/attacks/test_codes.py::test_no_client_can_be_taken_for_a_person
4.16  Clickjacking                              tests/oauth/attacks/test_redirects.py::test_no_page_can_be_framed
4.17  In-browser communication flows            tests/oauth/attacks/test_redirects.py::test_no_answer_is_posted_to_a_window

RFC 8628
3.5   Polling too fast                          tests/oauth/grants/test_device_code.py::test_who_polls_too_fast_waits_longer_each_time
3.5   Answers that outlive their reason         tests/oauth/attacks/test_devices.py::test_an_answer_is_worth_nothing_once_what_it_hangs_off_ended
3.5   … of a disabled client                    tests/oauth/attacks/test_devices.py::test_a_client_that_is_disabled_meanwhile_gets_nothing
3.5   … of a client without the grant           tests/oauth/attacks/test_devices.py::test_a_client_that_gives_the_grant_back_gets_no_answer
3.5   … of a deactivated person                 tests/oauth/attacks/test_devices.py::test_a_person_who_is_deactivated_gives_nothing
5.1   Brute force of user codes                 tests/oauth/attacks/test_devices.py::test_a_person_who_guesses_is_held_back_even_with_the_right_code
5.1   … with many accounts, or none             tests/oauth/attacks/test_devices.py::test_an_address_that_guesses_is_held_back_whoever_signs_in
5.1   … without an account first                tests/oauth/attacks/test_devices.py::test_codes_that_were_found_without_an_account_count_for_who_uses_them
5.1   … by nonsense, against others             tests/oauth/attacks/test_devices.py::test_what_can_be_no_code_is_nobodys_guess
5.1   … by forged signatures                    tests/oauth/attacks/test_devices.py::test_nobody_signs_a_code_for_themselves
5.2   Device code of another client             tests/oauth/attacks/test_devices.py::test_a_code_is_worth_nothing_to_another_client_and_is_not_used_up
5.2   Brute force of device codes               tests/oauth/attacks/test_devices.py::test_a_device_code_that_nobody_was_given_is_an_invalid_grant
5.2   … by what the person sees                 tests/oauth/attacks/test_devices.py::test_what_the_person_types_is_no_device_code
5.2   … used again                              tests/oauth/attacks/test_devices.py::test_a_device_code_that_comes_again_burns_the_tokens_it_bought
5.2   … in a race                               tests/oauth/grants/test_device_races.py::test_of_twenty_polls_for_one_answer_exactly_one_wins
5.3   Device trustworthiness                    – the page warns; what a device may do is what the person gave it, as with any app
5.4   Remote phishing: the complete link        tests/oauth/endpoints/test_device_page.py::test_a_link_alone_leads_to_a_comparison_and_not_to_the_question
5.4   Remote phishing: a stolen question        tests/oauth/attacks/test_devices.py::test_a_question_is_answered_in_the_browser_that_was_asked
5.4   … an old question                         tests/oauth/attacks/test_devices.py::test_an_answer_that_comes_after_the_code_expired_makes_no_agreement
5.4   … links                                   tests/oauth/attacks/test_devices.py::test_no_link_takes_the_comparison_or_the_question_away
5.4   … forms of another site                   tests/oauth/attacks/test_devices.py::test_another_site_can_not_type_a_code
5.4   … seen through                            tests/oauth/endpoints/test_device_page.py::test_who_sees_another_code_ends_it
5.5   Session spying: a second answer           tests/oauth/attacks/test_devices.py::test_of_two_people_who_type_a_code_the_first_answer_counts
5.5   … a late refusal                          tests/oauth/attacks/test_devices.py::test_who_denies_too_late_takes_nothing_back
5.6   Impersonation: redirect URIs              tests/oauth/attacks/test_devices.py::test_a_device_may_not_choose_what_stands_for_a_redirect_uri
5.6   … markup in names                         tests/oauth/attacks/test_devices.py::test_the_names_that_devices_give_themselves_are_text
5.6   Impersonation: verified names             tests/oauth/endpoints/test_device_page.py::test_a_public_client_is_not_verified_on_a_device
5.6   … borrowed names                          tests/oauth/endpoints/test_device_page.py::test_a_borrowed_name_is_warned_of
5.7   Non-visual code transmission              – codes are shown and typed, or come by a link that is compared

MCP security best practices
Confused deputy: another client                 tests/oauth/attacks/test_mcp_security.py::test_consent_to_one_client_is_no_consent_to_another_of_the_same_name
Confused deputy: consent in a cookie            tests/oauth/attacks/test_mcp_security.py::test_consent_hangs_on_no_cookie
Confused deputy: another redirect URI           tests/oauth/attacks/test_mcp_security.py::test_consent_to_one_address_is_no_consent_to_another_of_the_same_client
Confused deputy: a redirect URI taken back      tests/oauth/attacks/test_mcp_security.py::test_an_address_that_was_taken_back_gets_no_answer
Token passthrough: foreign audience             tests/mcp_server/test_verifier.py::test_a_token_for_the_api_is_no_token_here
Token passthrough: to tools                     tests/oauth/attacks/test_mcp_server.py::test_no_credential_passes_the_door
Token passthrough: to logs                      tests/oauth/attacks/test_mcp_security.py::test_a_secret_in_an_address_or_form_is_in_no_log
SSRF: metadata documents                        tests/oauth/cimd/test_guard.py::test_without_permission_this_machine_is_out_of_reach
SSRF: mixed answers, DNS rebinding              tests/oauth/cimd/test_guard.py::test_one_address_inside_refuses_the_whole_host
SSRF: by way of a proxy                         tests/oauth/cimd/test_guard.py::test_a_proxy_is_not_asked_for_what_is_spelled_like_a_host_inside
SSRF: addresses in a registration               tests/oauth/attacks/test_mcp_security.py::test_nothing_that_a_client_names_is_fetched
Session hijacking: guessed                      tests/oauth/attacks/test_mcp_server.py::test_a_session_id_is_no_credential
Session hijacking: somebody else's              tests/oauth/attacks/test_mcp_server.py::test_a_session_id_does_not_lend_one_person_the_work_of_another
Session hijacking: the browser's                tests/oauth/attacks/test_mcp_server.py::test_a_browsers_session_is_no_credential_at_the_mcp_server
Local server compromise                         – no server is installed on the person's machine
Scope minimization: wildcards                   tests/oauth/attacks/test_mcp_security.py::test_no_scope_stands_for_many
Scope minimization: sensitive scopes            tests/oauth/attacks/test_mcp_security.py::test_what_is_dangerous_is_never_ticked_beforehand
Scope minimization: step-up                     tests/mcp_server/test_door.py::test_a_call_that_lacks_a_scope_is_challenged_for_it_and_works_after_the_step_up
DNS rebinding: Host                             tests/mcp_server/test_origins.py::test_a_foreign_host_is_refused
DNS rebinding: Origin                           tests/mcp_server/test_origins.py::test_a_foreign_origin_is_refused_and_may_not_read_why
Consent phishing: changed after it was shown    tests/oauth/attacks/test_mcp_security.py::test_what_is_answered_is_what_was_shown
Consent phishing: an app that moved             tests/oauth/attacks/test_mcp_security.py::test_an_app_that_moved_elsewhere_is_not_the_one_that_was_connected
Consent phishing: markup in names               tests/oauth/attacks/test_mcp_security.py::test_no_name_is_more_than_text_on_a_page
Consent phishing: borrowed names                tests/oauth/test_known_clients.py::test_a_borrowed_name_is_unverified_and_warned_of
Consent CSRF                                    tests/oauth/test_consent.py::test_the_answer_needs_a_csrf_token
Consent CSRF: parameter smuggling               tests/oauth/test_consent.py::test_protocol_parameters_in_the_form_change_nothing
Localhost redirect impersonation                tests/oauth/attacks/test_mcp_security.py::test_an_app_on_this_computer_is_asked_about_every_time_and_called_what_it_is
Localhost redirect impersonation: with TLS      tests/oauth/attacks/test_mcp_security.py::test_tls_does_not_make_this_computer_somebody
OAuth URL validation: links                     tests/oauth/test_registration.py::test_an_address_that_is_no_web_page_is_left_out
OAuth URL validation: logos                     tests/oauth/attacks/test_mcp_security.py::test_a_logo_that_staff_let_through_changes_no_policy
"""  # noqa: E501 - one line is one row.
