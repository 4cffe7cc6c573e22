package io.carom.intelstore.feed;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How one shows who one is to those who give intelligence: a file, for what stands among a command's
/// arguments is read by everybody on the machine.
///
/// @param headers sent with each request, `Authorization` among them
/// @param certificate PEM with a certificate and its key; null to show none
/// @param authority PEM with certificates to trust apart from the usual ones; null for the usual ones
public record Credentials(
        Map<String, String> headers,
        @Nullable Path certificate,
        @Nullable Path authority) {
    private static final List<String> NAMES =
            List.of("user", "password", "token", "headers", "certificate", "authority");

    public Credentials {
        headers = Map.copyOf(headers);
    }

    public static final Credentials NONE = new Credentials(Map.of(), null, null);

    /// Whether something is shown that is for one server alone.
    boolean secret() {
        return !headers.isEmpty() || certificate != null;
    }

    /// Reads `user` and `password`, or `token`, or other `headers`; `certificate`; `authority`. Files
    /// are named from the file's own folder.
    public static Credentials read(Path file) throws IOException, ConfigException {
        Faults faults = new Faults(file.toString());
        YamlNode root = YamlNode.parse(Files.readString(file), faults);
        Map<String, YamlNode> it = root == null ? Map.of() : root.members(NAMES);
        Map<String, String> headers = new LinkedHashMap<>();
        YamlNode user = it.get("user");
        YamlNode password = it.get("password");
        YamlNode token = it.get("token");
        if (user != null && password != null) {
            String both = user.text() + ":" + password.text();
            headers.put(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
        } else if (user != null) {
            user.fault("user and password go together");
        } else if (password != null) {
            password.fault("user and password go together");
        }
        if (token != null) {
            if (user != null) {
                token.fault("a token, or user and password: not both");
            }
            headers.put("Authorization", "Bearer " + token.text());
        }
        YamlNode others = it.get("headers");
        if (others != null) {
            others.members().forEach((name, value) -> {
                if (!name.matches("[A-Za-z0-9-]{1,100}")) {
                    value.fault("\"" + name + "\" is no name of a header");
                }
                headers.put(name, value.text());
            });
        }
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (header.getValue().chars().anyMatch(c -> c < ' ' || c == 0x7F) && root != null) {
                root.fault("\"" + header.getKey() + "\" has a control character");
            }
        }
        Credentials read = new Credentials(headers, path(file, it.get("certificate")), path(file, it.get("authority")));
        faults.throwIfAny();
        return read;
    }

    private static @Nullable Path path(Path file, @Nullable YamlNode node) {
        return node == null ? null : file.toAbsolutePath().resolveSibling(node.text());
    }
}
