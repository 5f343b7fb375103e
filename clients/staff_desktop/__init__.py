"""The staff counter app: one window, in which a person opens a counter, calls, serves and completes.

app.py          joins link, store, presenter and window
presenter.py    what the person asks for, and what came of it
facts.py        what is known now, as one value
line.py         the waiting line as one counter sees it
screen.py       facts -> what the window shows (view_state.py), with words.py for the sentences
widgets/        passive: `render(view)` shows, signals tell what the person did
"""
