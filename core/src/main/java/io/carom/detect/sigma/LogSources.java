package io.carom.detect.sigma;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import java.util.List;

/// Which rules look at which events, and where a rule's fields stand in them.
public interface LogSources {
    /// The kind of event of a row: a small number, the same for all rows that the same rules look at; -1
    /// when no rule can.
    int kind(EventBatch batch, int row);

    int kinds();

    boolean covers(int kind, LogSource ofRule);

    /// Where the rule's field stands in events of the kind; never empty.
    List<Place> places(int kind, LogSource ofRule, String field);

    /// Where a value stands.
    sealed interface Place {
        /// A native field of that name.
        record Native(String field) implements Place {}

        record Column(Attribute attribute) implements Place {}
    }
}
