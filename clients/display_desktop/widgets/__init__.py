"""The lobby board's passive widgets, painted in units of a 1080p drawing at any size.

board.Board.render(BoardState); signal painted(revision); set_reduced_motion(bool)
pairing_screen.PairingScreen.render(PairingState)
board_state: BoardState, FocusCall, RecentRow, TypeTile, StaleInfo, PairingState, PairingStep (no Qt)
"""
