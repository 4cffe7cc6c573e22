package io.carom.source;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.JsonFields;
import java.util.Map;
import java.util.Set;

/// Conversions that cloud audit logs share: addresses with a port behind them or a service's name in
/// their place, accounts written as mail addresses, verbs at the head of an operation's name.
final class CloudFields {
    private CloudFields() {}

    /// An address, with a port behind it or not: `192.0.2.1:443`, `[2001:db8::1]:443`. Another text is no
    /// fault.
    static final Conversion IP = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        long address = Addresses.clean(row.bytes(), from, end);
        if (address < 0) {
            int colon = portColon(row.bytes(), from, end);
            address = colon < 0 ? -1 : Addresses.clean(row.bytes(), from, colon);
        }
        if (address >= 0) {
            Conversion.put(row, to, address);
        }
        return true;
    };

    /// The port behind an address.
    static final Conversion PORT = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        if (Addresses.clean(row.bytes(), from, end) < 0) {
            int colon = portColon(row.bytes(), from, end);
            if (colon >= 0 && Addresses.clean(row.bytes(), from, colon) >= 0) {
                Conversion.PORT.write(row, to, Column.pack(colon + 1, end), kind);
            }
        }
        return true;
    };

    /// A host or service name where the product otherwise writes an address: `ec2.amazonaws.com`.
    static final Conversion NAME_IF_NO_IP = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        byte[] b = row.bytes();
        if (NetworkFields.isNone(b, from, end - from) || portColon(b, from, end) >= 0) {
            return true;
        }
        return Addresses.clean(b, from, end) >= 0 || Conversion.TEXT.write(row, to, slice, kind);
    };

    /// A mail address; another text is none and no fault.
    static final Conversion MAIL = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        if (isMail(row.bytes(), from, end)) {
            Conversion.put(row, to, slice);
        }
        return true;
    };

    /// The domain of an account written as a mail address.
    static final Conversion MAIL_DOMAIN = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        if (isMail(row.bytes(), from, end)) {
            int at = indexOf(row.bytes(), '@', from, end);
            Conversion.put(row, to, Column.pack(at + 1, end));
        }
        return true;
    };

    /// What stands behind the last slash, or the whole.
    static final Conversion LAST_PART = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        int start = end;
        while (start > from && row.bytes()[start - 1] != '/') {
            start--;
        }
        return start == end || Conversion.TEXT.write(row, to, Column.pack(start, end), kind);
    };

    private static final String[][] VERBS = {
        {"Create", "1"},
        {"Run", "1"},
        {"Add", "1"},
        {"Register", "1"},
        {"Import", "1"},
        {"Allocate", "1"},
        {"Get", "2"},
        {"List", "2"},
        {"Describe", "2"},
        {"Lookup", "2"},
        {"Head", "2"},
        {"Read", "2"},
        {"Search", "2"},
        {"BatchGet", "2"},
        {"Query", "2"},
        {"Scan", "2"},
        {"Select", "2"},
        {"View", "2"},
        {"Download", "2"},
        {"Export", "2"},
        {"Update", "3"},
        {"Modify", "3"},
        {"Put", "3"},
        {"Set", "3"},
        {"Attach", "3"},
        {"Detach", "3"},
        {"Enable", "3"},
        {"Disable", "3"},
        {"Change", "3"},
        {"Tag", "3"},
        {"Untag", "3"},
        {"Associate", "3"},
        {"Disassociate", "3"},
        {"Replace", "3"},
        {"Reset", "3"},
        {"Start", "3"},
        {"Stop", "3"},
        {"Authorize", "3"},
        {"Revoke", "3"},
        {"Grant", "3"},
        {"Delete", "4"},
        {"Remove", "4"},
        {"Terminate", "4"},
        {"Deregister", "4"},
        {"Purge", "4"}
    };

    /// OCSF's activity of an API call (1 create, 2 read, 3 update, 4 delete, 99 other) by the verb the
    /// operation's name begins with.
    static final Conversion VERB = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int length = Column.length(slice);
        for (String[] verb : VERBS) {
            if (startsWith(b, from, length, verb[0])) {
                Conversion.put(row, to, verb[1].charAt(0) - '0');
                return true;
            }
        }
        Conversion.put(row, to, 99);
        return true;
    };

    /// Presence alone: the attribute becomes the number whatever the value is.
    static Conversion number(int number) {
        return (row, to, slice, kind) -> {
            if (Column.length(slice) > 0) {
                Conversion.put(row, to, number);
            }
            return true;
        };
    }

    /// As {@link Conversion#words}, but other words give nothing and are no fault.
    static Conversion words(Map<String, Integer> numbers) {
        Conversion known = Conversion.words(numbers);
        return (row, to, slice, kind) -> {
            known.write(row, to, slice, kind);
            return true;
        };
    }

    static boolean startsWith(byte[] b, int from, int length, String ascii) {
        if (length < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (b[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// Members of an EventBridge event that stand beside `detail`.
    static final Set<String> EVENT_BRIDGE = Set.of("version", "id", "source", "account", "time", "region", "resources");

    /// Takes an envelope's name from the front of the record's names: `detail.eventName` becomes
    /// `eventName`. Names of the envelope's own that could be taken for the record's become
    /// `envelope.id` and the like.
    static void unwrap(Row row, String prefix, Set<String> envelope) {
        EventBatch batch = row.batch();
        int end = batch.slots();
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            String name = FieldNames.name(batch.slotField(slot));
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                batch.rename(slot, FieldNames.of(name.substring(prefix.length())));
            } else if (envelope.contains(name)) {
                batch.rename(slot, FieldNames.of("envelope." + name));
            }
        }
    }

    /// Whether the text of this field begins as a JSON object does.
    static boolean holdsObject(Row row, int field) {
        long slice = row.value(field);
        return slice >= 0 && Column.length(slice) > 1 && row.bytes()[Column.from(slice)] == '{';
    }

    /// Gives the row the fields of the JSON object that stands as text in this field; false if it is none.
    static boolean inner(Row row, int field) {
        long slice = row.value(field);
        if (slice < 0) {
            return false;
        }
        int from = Column.from(slice);
        return new JsonFields(row).parse(row, from, from + Column.length(slice)) >= 0;
    }

    private static final Attribute SOURCE_NAME = Attribute.of("src_endpoint.name");

    /// Says that the source is unknown where none of these fields holds an address or a name: OCSF
    /// demands one.
    static void sourceOrUnknown(Row row, int... fields) {
        for (int field : fields) {
            long slice = row.value(field);
            if (slice >= 0) {
                int from = Column.from(slice);
                int end = from + Column.length(slice);
                int colon = portColon(row.bytes(), from, end);
                if (Addresses.clean(row.bytes(), from, end) >= 0
                        || colon >= 0 && Addresses.clean(row.bytes(), from, colon) >= 0) {
                    return;
                }
            }
        }
        row.set(SOURCE_NAME, "Unknown");
    }

    /// An account, an at sign, a domain with a dot; only signs that RFC 5322 allows without quotes.
    private static boolean isMail(byte[] b, int from, int to) {
        int at = indexOf(b, '@', from, to);
        if (at <= from || indexOf(b, '.', at, to) <= at + 1 || b[to - 1] == '.') {
            return false;
        }
        for (int i = from; i < to; i++) {
            boolean plain = b[i] >= 'a' && b[i] <= 'z' || b[i] >= 'A' && b[i] <= 'Z' || b[i] >= '0' && b[i] <= '9';
            if (!plain && i != at && (i < at ? "!#$%&'*+-/=?^_`{|}~." : "-.").indexOf(b[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    private static int portColon(byte[] b, int from, int to) {
        int at = to - 1;
        while (at > from && b[at] >= '0' && b[at] <= '9') {
            at--;
        }
        boolean digits = at < to - 1 && at > from && b[at] == ':';
        if (!digits) {
            return -1;
        }
        // In an address of version 6 without brackets the last colon is part of it.
        return b[at - 1] == ']' || indexOf(b, ':', from, to) == at ? at : -1;
    }

    private static int indexOf(byte[] b, char c, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] == c) {
                return i;
            }
        }
        return -1;
    }
}
