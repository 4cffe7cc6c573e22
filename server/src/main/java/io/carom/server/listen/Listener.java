package io.carom.server.listen;

import java.io.IOException;

/// Something that receives records until it is closed.
public interface Listener extends AutoCloseable {
    /// Where it receives, as shown to people: `127.0.0.1:5514`, a folder, a topic.
    String place();

    /// What it counted so far.
    Counts counts();

    /// Receives nothing more. What was received is in the spool when this returns, or was thanked for
    /// to nobody.
    @Override
    void close() throws IOException;
}
