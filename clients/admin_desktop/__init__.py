"""The admin console: what happens on the floor now, and who and what is set up.

`presenter.py` knows and decides, `views/` works out what is to be seen (pure), `widgets/` shows it and
tells what the person did, `pages.py` lists the pages, `app.py` joins them.
"""
