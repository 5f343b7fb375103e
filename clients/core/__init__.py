"""Floor 1 of the apps: plain Python, no Qt.

    client.Client               one app's whole network side: sign-in, live channel, commands, memory
    from_settings               client_config, credential_store: the parts as the settings ask for them
    settings.load_settings      command line > CALLBOARD_APP_* > the person's file > the machine's file
    commands                    what a person can ask, as values: CallNext, Create, Complete ...
    messages                    what a client tells its app; Fetch names what can be asked for
    queue_state                 QueueState, apply; waiting, waiting_of_type, active_at, counts
    connection                  ConnectionStatus, Phase; back-off
    trust                       Trust: whose certificates are believed; authorities follows announced ones
    errors                      Refusal (a problem), ServerUnreachable, AnswerUnreadable

Inside: session decides about one connection and following about one socket (both sans I/O), socket and
http_api carry, cache and credentials remember.
"""
