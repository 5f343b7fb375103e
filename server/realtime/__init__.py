"""Floor 4: from the outbox to every screen.

`relay` learns that an organization has new events, `hub` reads them in order and hands each
audience one encoded frame, `subscriber` writes it to one socket without waiting for another,
`gateway` speaks the protocol with a client.
"""
