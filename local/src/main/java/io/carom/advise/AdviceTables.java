package io.carom.advise;

import io.carom.intel.Tlp;
import io.carom.text.Csv;
import java.util.List;

/// What was seen, as CSV (RFC 4180) for programs that read tables.
final class AdviceTables {
    private AdviceTables() {}

    static String sightings(Advice in) {
        Csv out = new Csv();
        for (Advice.Seen seen : in.indicators()) {
            Tlp tlp = seen.indicator().facts().tlp();
            out.row(List.of(
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
        return "type,value,count,first_seen,last_seen,sources,score,tlp,pap,client\r\n" + out;
    }
}
