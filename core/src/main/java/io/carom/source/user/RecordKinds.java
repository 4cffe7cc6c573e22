package io.carom.source.user;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.Row;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Times;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which class a record is of, by its values: the first kind whose conditions all hold. Immutable.
///
/// @param timeField the native field of the time
record RecordKinds(String timeField, List<Kind> kinds) {
    RecordKinds {
        kinds = List.copyOf(kinds);
    }

    /// A kind of record; without conditions it is every record.
    record Kind(List<Condition> conditions, Mapping mapping) {
        Kind {
            conditions = List.copyOf(conditions);
        }
    }

    /// The field has one of these values, given in lower case.
    record Condition(int field, Set<String> values) {
        Condition {
            values = Set.copyOf(values);
        }

        boolean holds(Row row) {
            String text = row.text(field);
            return text != null && values.contains(text.toLowerCase(Locale.ROOT));
        }
    }

    /// Ends the record, whose native fields the row has.
    void finish(Row row) {
        int slot = row.find(FieldNames.of(timeField));
        boolean timed = slot >= 0
                && row.batch().slotKind(slot) != EventBatch.NULL
                && Column.length(row.batch().slotValue(slot)) > 0;
        if (!timed && row.outerTime() == Times.NONE && row.arrived() == 0) {
            row.reject("the field \"" + timeField + "\", which holds the time, is missing or empty");
            return;
        }
        for (Kind kind : kinds) {
            boolean all = true;
            for (Condition condition : kind.conditions) {
                all &= condition.holds(row);
            }
            if (all) {
                row.map(kind.mapping);
                return;
            }
        }
        row.reject("no \"when\" of the mapping file fits the record, and the file has no \"class\" for the others");
    }
}
