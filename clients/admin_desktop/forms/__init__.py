"""How the console edits: one mechanism for everything an admin decides.

`subject.py` says what is edited (a list or a single thing), `editing.py` keeps one draft of it for the
presenter, `editor_view.py` is what is to be seen of that, `intents.py` what a person can do with it,
`form.py`, `editor_panel.py` and `edit_page.py` show it. A page's own subject stands in `subjects/`.
"""
