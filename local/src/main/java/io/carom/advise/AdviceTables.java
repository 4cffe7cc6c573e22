package io.carom.advise;

import io.carom.intel.Tlp;
import java.util.List;

/// What was seen, as CSV (RFC 4180) for programs that read tables.
final class AdviceTables {
    private AdviceTables() {}

    static String sightings(Advice in) {
        StringBuilder out = new StringBuilder("type,value,count,first_seen,last_seen,sources,score,tlp,pap,client\r\n");
        for (Advice.Seen seen : in.indicators()) {
            Tlp tlp = seen.indicator().facts().tlp();
            row(
                    out,
                    List.of(
                            seen.indicator().type().label(),
                            seen.indicator().value(),
                            String.valueOf(seen.count()),
                            seen.first().toString(),
                            seen.last().toString(),
                            String.join(" ", seen.sources()),
                            String.valueOf(seen.score()),
                            tlp == null ? "" : tlp.label(),
                            seen.indicator().facts().pap(),
                            in.client()));
        }
        return out.toString();
    }

    private static void row(StringBuilder out, List<String> cells) {
        String comma = "";
        for (String cell : cells) {
            // A spreadsheet would take these for a formula.
            String safe = !cell.isEmpty() && "=+-@\t\r".indexOf(cell.charAt(0)) >= 0 ? "'" + cell : cell;
            out.append(comma).append('"').append(safe.replace("\"", "\"\"")).append('"');
            comma = ",";
        }
        out.append("\r\n");
    }
}
