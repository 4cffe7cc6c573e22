package io.carom.incident;

import io.carom.trace.Launch;
import io.carom.trace.Trace;
import java.util.List;
import java.util.Map;

/// Who is asked how machines were come by while stories are told.
interface Traces {
    /// The readings, the likeliest first; at least one.
    ///
    /// @param story by its id
    /// @param since when each machine became suspect, milliseconds since 1970
    List<Trace> of(String story, String client, Map<String, Long> since);

    /// As {@link #of}, with what traces of other clients told.
    List<Trace> again(String story, String client, Map<String, Long> since, List<Launch> launches);

    /// From which machines of suppliers the client was reached, by the likeliest reading.
    List<Launch> launches(String story, String client, Map<String, Long> since);

    /// The label under which a machine stands in hops.
    String label(String client, String machine, long time);
}
