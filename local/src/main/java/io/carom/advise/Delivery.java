package io.carom.advise;

import java.io.IOException;

/// A way by which a package reaches its client.
public interface Delivery {
    /// `folder`, `webhook`, `mail`, `network` or `taxii`.
    String channel();

    /// Where to, for people; no secret is in it.
    String target();

    /// Delivers it whole, or throws.
    ///
    /// @return who acknowledged it at once, empty if nobody did
    /// @throws IOException saying what was refused, and what to do
    String deliver(Parcel parcel) throws IOException;
}
