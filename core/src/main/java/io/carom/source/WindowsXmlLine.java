package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.source.windows.EventTable;
import io.carom.source.windows.EventXml;

/// One event in XML a line, mostly behind a syslog header: Sysmon for Linux (`sysmon:
/// <Event><System>…`), NXLog's and rsyslog's forwarding of Windows events as XML.
@AutoService(Source.class)
public final class WindowsXmlLine implements LineSource {
    private final EventTable table = EventTable.get();

    @Override
    public String name() {
        return "windows-xml-line";
    }

    @Override
    public String product() {
        return "Windows events and Sysmon for Linux as XML in syslog";
    }

    @Override
    public boolean claims(Line line) {
        return EventXml.beginsAt(line.bytes(), line.from(), line.to()) && line.contains("<System>");
    }

    @Override
    public void read(Line line, Row row) {
        String fault = EventXml.ofThisThread().parse(row, line.from(), line.to());
        if (fault != null) {
            row.reject(fault);
            return;
        }
        row.map(table.mapping(row));
    }
}
