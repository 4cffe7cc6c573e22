package io.carom.view;

/// Kept events in sight.
public final class EventsView {
    private final View view;

    EventsView(View view) {
        this.view = view;
    }

    View view() {
        return view;
    }
}
