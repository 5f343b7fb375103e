"""The staff counter app: one window, in which a person opens a counter, calls, serves and completes.

app.py          joins link, store, presenter and window
presenter.py    what the person asks for
orders.py       commands on their way, what came of them, the offer to undo
facts.py        what is known now, as one value
line.py         the waiting line as one counter sees it
screen.py       facts -> what the window shows (view_state.py), with words.py for the sentences; its parts are
                active_screen.py, waiting_screen.py (list_view.py) and offer_screen.py
widgets/        passive: `render(view)` shows, signals tell what the person did
"""
