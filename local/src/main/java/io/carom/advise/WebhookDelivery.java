package io.carom.advise;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Posts the package as one JSON object over HTTPS, signed: `X-Carom-Signature: sha256=` and the HMAC
/// (RFC 2104) of `X-Carom-Timestamp`, a full stop and the body. Redirects are not followed. An answer
/// of 200 with `{"acknowledged_by":"…"}` is a receipt.
record WebhookDelivery(URI address, byte[] secret) implements Delivery {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIME = Duration.ofSeconds(60);
    private static final int LEAST_SECRET = 16;
    private static final int MAX_ANSWER = 64 << 10;

    /// @throws IOException if the secret cannot be read or is too short
    static WebhookDelivery of(URI address, Path secretFile) throws IOException {
        byte[] secret = Files.readString(secretFile).strip().getBytes(StandardCharsets.UTF_8);
        if (secret.length < LEAST_SECRET) {
            throw new IOException(secretFile + ": a secret of at least " + LEAST_SECRET
                    + " characters is needed, such as of \"openssl rand -hex 32\"");
        }
        return new WebhookDelivery(address, secret);
    }

    /// HTTPS anywhere, HTTP to this machine.
    static boolean allowed(URI address) {
        String host = address.getHost();
        if (host == null || address.getUserInfo() != null) {
            return false;
        }
        try {
            return "https".equalsIgnoreCase(address.getScheme())
                    || "http".equalsIgnoreCase(address.getScheme())
                            && (host.equals("localhost")
                                    || host.matches("[0-9.]+|\\[.*]")
                                            && InetAddress.getByName(host).isLoopbackAddress());
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String channel() {
        return "webhook";
    }

    @Override
    public String target() {
        return address.getScheme() + "://" + address.getAuthority() + address.getPath();
    }

    static String signature(byte[] secret, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HmacSHA256", e);
        }
    }

    static byte[] body(Parcel parcel) {
        ObjectNode body = JSON.createObjectNode();
        body.put("client", parcel.client())
                .put("package", parcel.id())
                .put("headline", parcel.headline())
                .put("tlp", parcel.tlp().label())
                .put("made", parcel.made().toString())
                .put("reminder", parcel.reminder());
        ArrayNode files = body.putArray("files");
        for (Map.Entry<String, byte[]> file : parcel.files().entrySet()) {
            files.addObject()
                    .put("name", file.getKey())
                    .put("type", AdviceFiles.type(file.getKey()))
                    .put("sha256", HexFormat.of().formatHex(AdviceFiles.sha256(file.getValue())))
                    .put("content", Base64.getEncoder().encodeToString(file.getValue()));
        }
        return JSON.writeValueAsBytes(body);
    }

    @Override
    public String deliver(Parcel parcel) throws IOException {
        byte[] body = body(parcel);
        String timestamp = String.valueOf(Instant.now().getEpochSecond());
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(TIME)
                .header("Content-Type", "application/json")
                .header("X-Carom-Delivery", parcel.id())
                .header("X-Carom-Timestamp", timestamp)
                .header("X-Carom-Signature", signature(secret, timestamp, body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(20))
                .build()) {
            HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                byte[] said = in.readNBytes(MAX_ANSWER);
                if (answer.statusCode() / 100 != 2) {
                    throw new IOException(
                            target() + " answered " + answer.statusCode() + "; the package is not delivered");
                }
                return acknowledged(said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped before " + target() + " answered", e);
        } catch (IOException e) {
            String why = e.getMessage();
            throw why != null && why.startsWith(target())
                    ? e
                    : new IOException(target() + ": " + (why == null ? "no connection" : why), e);
        }
    }

    private static String acknowledged(byte[] said) {
        try {
            JsonNode answer = said.length == 0 ? null : JSON.readTree(said);
            String who = answer == null ? "" : answer.path("acknowledged_by").asString("");
            return who.length() > 200 ? who.substring(0, 200) : who;
        } catch (JacksonException e) {
            return "";
        }
    }
}
