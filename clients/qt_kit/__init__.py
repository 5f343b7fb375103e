"""The shared look and the common ground of the desktop apps: Qt, and no business.

Start
    run_app.run_app(RunSettings, build_window) -> exit code
                                fonts, look, language, logs, one instance, clean end
    run_app.RunningApp          what build_window gets: qt, look, folders, settings, keep_window_state(window)
    run_app.make_qt_app(RunSettings)        the QApplication alone, for tests
    person_app.PersonApp        what the apps that people sign in to share: server, language, window rebuilt
    choices.Choices, languages              what a person chose, kept between starts
    run_app.bring_to_front(window), set_language(app, code), AppFolders
    guards.ErrorGuard, SignalGuard; logs.start_logs; single_instance.SingleInstance; window_state.WindowState

Look
    theme.apply_theme(app, "system"|"light"|"dark"|"contrast"|"display", text_scale=100..200) -> ThemeProvider
    theme.ThemeProvider.of(app)             set_choice, set_text_scale, signal theme_changed(Theme)
    theme.current_theme() -> Theme          .color("ink"), .font(role), .font_for(role, text), .line, .px
    text.TextRole                           one role per row of the type table
    text.lobby_font, plate_font, sized_font, make_font, line_height, load_fonts
    icons.paint_icon, icon_pixmap, make_icon (QIcon), app_icon, paint_product_mark, icon_names
    paint.draw_text, elided, text_width, fill_rounded, mirrored, rounded_path
                                            for painted widgets and delegates
    formats.minutes, minute_range(MinuteRange), timer, duration, clock, long_date  times as people read them
    focus_ring.FocusRing                    run_app makes it; a control may have `focus_radius`
    theme.qss                               QPushButton by property kind=primary|quiet|danger ...
                                            (but CommandButton is the button: its word is 600);
                                            QLineEdit/QComboBox by property bar=true (36 high), invalid=true

Widgets (clients.qt_kit.widgets, one a file; `render(state)` shows, signals tell what the person did)
    label.Label(TextRole, text, tone=, wrap=, elide=)   elided_label.ElidedLabel   token_label.TokenLabel
    plate.Plate, paint_plate        type_chip.TypeChip, paint_type_chip
    status_pill.StatusPill(StatusPillState: kind, text)
    service_mark.ServiceLevel.of(waited_s, limit_s), ServiceMark, ServiceLevelLabel, paint_service_mark
    key_cap.KeyCap, paint_key_cap   avatar.Avatar   product_mark.ProductMark   divider.Divider
    command_button.CommandButton(kind=, size=ButtonSize.ROW|BAR|COMMAND|HERO, icon=, key=)
        .render(CommandState(text, enabled, reason, busy)), clicked
    icon_button.IconButton          segments.Segments(look="list"|"track")  field.Field, PasswordEdit
    card.Card(title, padding=, flush=).body/.header, set_heading, set_call_bar(CALL_BAR)
    server_dialog.ServerDialog
    dialog.Dialog(title, text, action=verb).body/.action       menu.Menu (a QMenu with round corners)
    gauge.Gauge(GaugeState)         service_gauge.ServiceGauge(ServiceGaugeState)
    undo_lane.UndoLane(UndoLaneState)       toast.Toast(host)       offline_bar.OfflineBar
    connection_badge.ConnectionBadge(Connection.LIVE|CONNECTING|OFFLINE)
    form_field.FormField(label, help=): value, set_value, set_error, set_read_only; edited, left
        text_field.TextField, TextAreaField     number_field.NumberField(unit=, decimals=)
        switch.SwitchField, Switch              select_field.SelectField(Option...), Select
        choices_field.ChoicesField              radio_field.RadioField(ExplainedOption...)
        figures_field.FiguresField              moment_fields.TimeField, DateField, TimeEdit, DateEdit
        chips_field.NumbersField, PicksField    search_field.SearchField
    error_line.ErrorLine
    empty_state.EmptyState(EmptyStateState) skeleton.Skeleton       sign_in.SignIn(SignInState)

See them all: python -m clients.qt_kit.gallery --theme dark --out gallery.png
"""
