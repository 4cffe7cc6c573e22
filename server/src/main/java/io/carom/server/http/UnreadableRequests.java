package io.carom.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// The answer to what Jetty refuses before its path is known, such as one with a NUL in it. Jetty ends
/// the connection after it, which the answer must say (RFC 9112, section 9.6): a client that is not told
/// sends its next request into a closed connection.
public final class UnreadableRequests implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        byte[] body = (response.getStatus() + " " + HttpStatus.getMessage(response.getStatus()) + "\n")
                .getBytes(StandardCharsets.UTF_8);
        Gate.HEADERS.forEach(response.getHeaders()::put);
        response.getHeaders()
                .put(HttpHeader.CONNECTION, "close")
                .put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8")
                .put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }
}
