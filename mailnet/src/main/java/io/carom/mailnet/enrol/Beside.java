package io.carom.mailnet.enrol;

import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;

/// What else answers on the members port.
public interface Beside {
    /// @return whether it was its to answer; if so it did
    boolean answers(HttpsExchange exchange) throws IOException;
}
