package io.carom.observe;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a cloud service was asked for, from the parameters of its own record, for which OCSF has no places:
/// `ForwardTo=out@example.net; DeleteMessage=True`.
///
/// Microsoft's audit logs list names beside values, AWS and others have a member for each. Not safe for use by
/// many threads.
final class Particulars {
    /// Most characters of them all, and of one value.
    private static final int LONGEST = 600;

    private static final int VALUE = 160;

    /// Where names and values are listed beside each other: the list, its names, its values.
    private static final int[][] LISTS = {
        pair("Parameters", "Name", "Value"),
        pair("OperationProperties", "Name", "Value"),
        pair("ModifiedProperties", "Name", "NewValue"),
        pair("ExtendedProperties", "Name", "Value"),
        pair("targetResources.modifiedProperties", "displayName", "newValue"),
        pair("properties.targetResources.modifiedProperties", "displayName", "newValue"),
        pair("events.parameters", "name", "value")
    };

    /// Members told by their own name.
    private static final int[] SINGLE = {
        FieldNames.of("QueryText"),
        FieldNames.of("SearchQuery"),
        FieldNames.of("OperationCount"),
        FieldNames.of("ForwardTo"),
        FieldNames.of("RedirectTo"),
        FieldNames.of("ExternalAccess")
    };

    private static final String REQUEST = "requestParameters.";

    private static int[] pair(String list, String name, String value) {
        return new int[] {FieldNames.of(list + "." + name), FieldNames.of(list + "." + value)};
    }

    private final StringBuilder text = new StringBuilder();
    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    /// @return empty if the record says nothing more
    String of(EventBatch batch, int row) {
        text.setLength(0);
        for (int[] list : LISTS) {
            names.clear();
            values.clear();
            for (int slot = batch.firstSlot(row); slot < batch.endSlot(row); slot++) {
                if (batch.slotField(slot) == list[0]) {
                    names.add(value(batch, slot));
                } else if (batch.slotField(slot) == list[1]) {
                    values.add(value(batch, slot));
                }
            }
            for (int i = 0; i < names.size(); i++) {
                // Where some names have no value nobody can say which.
                add(names.get(i), names.size() == values.size() ? values.get(i) : "");
            }
            if (names.size() != values.size()) {
                values.forEach(v -> add("", v));
            }
        }
        for (int slot = batch.firstSlot(row); slot < batch.endSlot(row) && text.length() < LONGEST; slot++) {
            int field = batch.slotField(slot);
            for (int single : SINGLE) {
                if (field == single) {
                    add(FieldNames.name(field), value(batch, slot));
                }
            }
            String name = FieldNames.name(field);
            if (name.startsWith(REQUEST)) {
                add(name.substring(REQUEST.length()), value(batch, slot));
            }
        }
        return text.toString();
    }

    private static String value(EventBatch batch, int slot) {
        long slice = batch.slotValue(slot);
        int length = Math.min(Column.length(slice), VALUE);
        return new String(batch.arena(), Column.from(slice), length, StandardCharsets.UTF_8);
    }

    private void add(String name, String value) {
        if (text.length() >= LONGEST || name.isEmpty() && value.isEmpty()) {
            return;
        }
        text.append(text.isEmpty() ? "" : "; ");
        text.append(name, 0, Math.min(name.length(), 80));
        if (!name.isEmpty() && !value.isEmpty()) {
            text.append('=');
        }
        text.append(value);
        if (text.length() > LONGEST) {
            text.setLength(LONGEST);
        }
    }
}
