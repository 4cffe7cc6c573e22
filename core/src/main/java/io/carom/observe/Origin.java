package io.carom.observe;

import io.carom.event.SourceNames;
import java.io.Serializable;

/// The record an observation was made from.
///
/// @param client whose logs it is in; the tenant. Interned: the same text is the same object
/// @param input number of the input in this run
/// @param record its number in the input, from 1
/// @param source which format read it; see `SourceNames`
/// @param classUid OCSF class of the event
public record Origin(String client, int input, long record, int source, int classUid) implements Serializable {
    /// As it is written: the numbers of sources are another run's own.
    private record Written(String client, int input, long record, String source, int classUid) implements Serializable {
        private Object readResolve() {
            return new Origin(client.intern(), input, record, SourceNames.of(source), classUid);
        }
    }

    private Object writeReplace() {
        return new Written(client, input, record, SourceNames.name(source), classUid);
    }
}
