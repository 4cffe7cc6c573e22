package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.parse.JsonFields;
import io.carom.source.windows.EventNames;
import io.carom.source.windows.EventNames.Form;
import io.carom.source.windows.EventTable;
import io.carom.source.windows.EventXml;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Windows events as JSON: Winlogbeat 5 to 9 (`winlog.event_data.…`, `event_data.…`), NXLog and
/// others with all fields side by side, the event's XML turned to JSON (evtx_dump, xmltodict,
/// Velociraptor), EvtxECmd's, Sentinel's tables SecurityEvent, WindowsEvent and Event, Azure's diagnostics
/// with the XML inside.
///
/// Native fields have the names that {@link EventNames} says, whatever the form.
@AutoService(Source.class)
public final class WindowsJson implements JsonSource {
    private static final int BEATS = 1, BEATS_OLD = 2, BEATS_OLD_TOO = 4, NESTED = 8, ID = 16, ORIGIN = 32;
    private static final int XML = 64, SYSLOG = 128, SHORT_ID = 256, LOG_NAME = 512, JUDGED = 1024;
    private static final int PAYLOAD_ID = 2048, PAYLOAD = 4096;

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
    private static final int SYSLOG_MESSAGE = FieldNames.of("SyslogMessage");
    private static final int SHORT_NAME = FieldNames.of("Id");
    /// Where forms carry the event's XML, or that of its data alone.
    private static final int[] WITH_XML = {RAW_XML, SYSLOG_MESSAGE, FieldNames.of("EventData")};

    /// What a field of each name tells of the form, as bits; one marks that the name was
    /// judged. Names are few and their ids small, so this is an array that grows and is then
    /// replaced.
    private static volatile short[] marks = new short[1024];

    private final EventTable table = EventTable.get();

    @Override
    public String name() {
        return "windows-json";
    }

    @Override
    public String product() {
        return "Windows events as JSON: Winlogbeat 5 to 9, NXLog, evtx_dump, Get-WinEvent, Microsoft Sentinel, Azure";
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
        if (form == Form.PAYLOAD) {
            payload(row);
            return;
        }
        if (form == Form.FLAT) {
            for (int field : WITH_XML) {
                int xml = xml(row, field);
                if (xml >= 0) {
                    long slice = batch.slotValue(xml);
                    int from = Column.from(slice);
                    // If it is not whole, what there is of it stands.
                    EventXml.ofThisThread().parse(row, from, from + Column.length(slice));
                    batch.rename(xml, EventNames.XML_TEXT);
                    break;
                }
            }
        }
        EventNames.rename(row, form, batch.firstSlot(batch.rows()));
        if (form == Form.FLAT) {
            // Azure Monitor's table Event, and Get-WinEvent: elsewhere such a field may be the event's own.
            standIn(row, EventNames.PROVIDER, SOURCE);
            standIn(row, EventNames.EVENT_ID, SHORT_NAME);
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

    /// EvtxECmd's: the data is JSON in the text of one field.
    private void payload(Row row) {
        EventBatch batch = row.batch();
        EventNames.rename(row, Form.PAYLOAD, batch.firstSlot(batch.rows()));
        long text = row.value(EventNames.PAYLOAD_TEXT);
        if (text >= 0) {
            int first = batch.slots();
            int from = Column.from(text);
            // If it is not whole, what there is of it stands.
            new JsonFields(row).parse(row, from, from + Column.length(text));
            EventNames.rename(row, Form.NESTED, first);
        }
        row.map(table.mapping(row));
    }

    private static void standIn(Row row, int missing, int field) {
        int slot = row.has(missing) ? -1 : row.find(field);
        if (slot >= 0) {
            row.batch().rename(slot, missing);
        }
    }

    /// The slot of a field that carries XML, or -1.
    private static int xml(Row row, int field) {
        int slot = row.find(field);
        if (slot < 0) {
            return -1;
        }
        long slice = row.batch().slotValue(slot);
        int from = Column.from(slice);
        int to = from + Column.length(slice);
        boolean whole = field == SYSLOG_MESSAGE || field == RAW_XML;
        boolean found = whole ? EventXml.recordBeginsAt(row.bytes(), from, to) : from < to && row.bytes()[from] == '<';
        return found ? slot : -1;
    }

    private static @Nullable Form form(Row row) {
        EventBatch batch = row.batch();
        int seen = 0;
        int end = batch.slots();
        short[] known = marks;
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
        if ((seen & (PAYLOAD_ID | PAYLOAD | ORIGIN)) == (PAYLOAD_ID | PAYLOAD | ORIGIN)) {
            return Form.PAYLOAD;
        }
        if ((seen & XML) != 0 || (seen & ID) != 0 && (seen & (ORIGIN | LOG_NAME)) != 0) {
            return Form.FLAT;
        }
        if ((seen & (SHORT_ID | LOG_NAME | ORIGIN)) == (SHORT_ID | LOG_NAME | ORIGIN)) {
            return Form.FLAT;
        }
        return (seen & SYSLOG) != 0 && xml(row, SYSLOG_MESSAGE) >= 0 ? Form.FLAT : null;
    }

    private static synchronized int mark(int field) {
        short[] now = marks;
        if (field >= now.length) {
            now = Arrays.copyOf(now, Integer.highestOneBit(field) * 2);
        }
        int mark = judge(FieldNames.name(field)) | JUDGED;
        // Who reads the array meanwhile finds 0 and comes here, or the mark.
        now[field] = (short) mark;
        marks = now;
        return mark;
    }

    private static int judge(String name) {
        String bare = name.startsWith("_source.") ? name.substring(8) : name;
        if (ORIGINS.contains(bare)) {
            return bare.equals("LogName") ? LOG_NAME : ORIGIN;
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
                    "System.Provider.@Name",
                    "System.EventID.Value" -> NESTED;
            case "EventID" -> ID;
            case "EventId" -> PAYLOAD_ID;
            case "Payload" -> PAYLOAD;
            case "Id" -> SHORT_ID;
            case "SyslogMessage" -> SYSLOG;
            case "properties.RawXml" -> XML;
            default -> 0;
        };
    }
}
