package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.windows.EventNames;
import io.carom.source.windows.EventNames.Form;
import io.carom.source.windows.EventTable;
import io.carom.source.windows.EventXml;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Windows events as JSON: Winlogbeat 5 to 9 (`winlog.event_data.…`, `event_data.…`), NXLog and others
/// with all fields
/// side by side, the event's XML turned to JSON (evtx_dump, xmltodict), Sentinel's tables SecurityEvent,
/// WindowsEvent
/// and Event, Azure's diagnostics with the XML inside.
///
/// Native fields have the names that {@link EventNames} says, whatever the form.
@AutoService(Source.class)
public final class WindowsJson implements JsonSource {
    private static final int BEATS = 1, BEATS_OLD = 2, BEATS_OLD_TOO = 4, NESTED = 8, ID = 16, ORIGIN = 32, XML = 64;

    private static final Set<String> ORIGINS = Set.of(
            "Channel",
            "SourceName",
            "ProviderName",
            "Provider_Name",
            "EventSourceName",
            "EventLog",
            "Provider",
            "ProviderGuid",
            "LogName");

    private static final int RAW_XML = FieldNames.of("properties.RawXml");
    private static final int SOURCE = FieldNames.of("Source");
    private static final int EVENT_DATA = FieldNames.of("EventData");

    /// What a field of each name tells of the form, as bits; 128 marks that the name was judged. Names
    /// are few and
    /// their
    /// ids small, so this is an array that grows and is then replaced.
    private static volatile byte[] marks = new byte[0];

    private final EventTable table = EventTable.get();

    @Override
    public String name() {
        return "windows-json";
    }

    @Override
    public String product() {
        return "Windows events as JSON: Winlogbeat 5 to 9, NXLog, evtx_dump, Microsoft Sentinel, Azure Diagnostics";
    }

    @Override
    public boolean claims(Row row) {
        return form(row) != null;
    }

    @Override
    public void read(Row row) {
        Form form = form(row);
        if (form == null) {
            row.reject("expected a Windows event with its id and its channel or provider");
            return;
        }
        EventBatch batch = row.batch();
        if (form == Form.FLAT) {
            int xml = row.find(RAW_XML);
            xml = xml >= 0 ? xml : row.find(EVENT_DATA);
            if (xml >= 0) {
                long slice = batch.slotValue(xml);
                int from = Column.from(slice);
                int to = from + Column.length(slice);
                if (to > from && row.bytes()[from] == '<') {
                    inner(row, from, to);
                    batch.rename(xml, EventNames.XML_TEXT);
                }
            }
        }
        EventNames.rename(row, form, batch.firstSlot(batch.rows()));
        if (form == Form.FLAT && !row.has(EventNames.PROVIDER)) {
            // Azure Monitor's table Event; elsewhere a field of this name may be the event's own.
            int source = row.find(SOURCE);
            if (source >= 0) {
                batch.rename(source, EventNames.PROVIDER);
            }
        }
        if (form == Form.BEATS) {
            if (row.is(EventNames.PROVIDER, "Microsoft-Windows-Sysmon")) {
                EventNames.restoreSysmon(row);
            } else {
                EventNames.restoreUnnamed(row);
            }
        }
        row.map(table.mapping(row));
    }

    /// Reads the XML that some forms carry in one of their fields; if it is not whole, what there is of
    /// it stands.
    private static void inner(Row row, int from, int to) {
        EventXml.ofThisThread().parse(row, from, to);
    }

    private static @Nullable Form form(Row row) {
        EventBatch batch = row.batch();
        int seen = 0;
        int end = batch.slots();
        byte[] known = marks;
        for (int slot = batch.firstSlot(batch.rows()); slot < end; slot++) {
            int field = batch.slotField(slot);
            int mark = field < known.length ? known[field] : 0;
            if (mark == 0) {
                mark = mark(field);
                known = marks;
            }
            seen |= mark;
            if ((seen & (BEATS | NESTED)) != 0) {
                break;
            }
        }
        if ((seen & BEATS) != 0 || (seen & BEATS_OLD) != 0 && (seen & BEATS_OLD_TOO) != 0) {
            return Form.BEATS;
        }
        if ((seen & NESTED) != 0) {
            return Form.NESTED;
        }
        return (seen & XML) != 0 || (seen & ID) != 0 && (seen & ORIGIN) != 0 ? Form.FLAT : null;
    }

    private static synchronized int mark(int field) {
        byte[] now = marks;
        byte[] next = Arrays.copyOf(now, Math.max(now.length, Integer.highestOneBit(field + 512) * 2));
        next[field] = (byte) (judge(FieldNames.name(field)) | 128);
        marks = next;
        return next[field];
    }

    private static int judge(String name) {
        String bare = name.startsWith("_source.") ? name.substring(8) : name;
        if (ORIGINS.contains(bare)) {
            return ORIGIN;
        }
        return switch (bare) {
            case "winlog.event_id", "winlog.channel", "winlog.provider_name", "winlog.api" -> BEATS;
            case "event_id" -> BEATS_OLD;
            case "log_name", "source_name", "computer_name" -> BEATS_OLD_TOO;
            case "Event.System.EventID",
                    "Event.System.EventID.#text",
                    "Event.System.Channel",
                    "Event.System.Provider.#attributes.Name",
                    "Event.System.Provider.@Name",
                    "System.Provider.#attributes.Name",
                    "System.Provider.@Name" -> NESTED;
            case "EventID" -> ID;
            case "properties.RawXml" -> XML;
            default -> 0;
        };
    }
}
