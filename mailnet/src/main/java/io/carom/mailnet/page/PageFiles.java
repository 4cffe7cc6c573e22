package io.carom.mailnet.page;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/// What the page is made of: files of our own, and libraries as their authors packed them for npm,
/// opened here as they are. Nothing of it comes from another host.
final class PageFiles {
    private static final String SCRIPT = "text/javascript; charset=utf-8";

    private static @Nullable PageFiles loaded;

    private static final List<String> SCRIPTS = List.of(
            "boxes",
            "bytes",
            "certificates",
            "dom",
            "door",
            "inert",
            "joining",
            "kept",
            "keyring",
            "keys",
            "mime",
            "network",
            "page",
            "people",
            "reading",
            "smime",
            "state",
            "writing");

    private static final String MAP_BEGINS = "<script type=\"importmap\">";

    private final Map<String, Asset> assets = new HashMap<>();
    private final Asset page;
    private final String policy;

    /// @param tag changes with the bytes
    record Asset(byte[] bytes, String type, String tag) {}

    private PageFiles() throws IOException {
        for (String name : SCRIPTS) {
            assets.put("/page/" + name + ".js", asset(resource(name + ".js"), SCRIPT));
        }
        assets.put("/page/page.css", asset(resource("page.css"), "text/css; charset=utf-8"));
        assets.put("/page/icon.svg", asset(resource("icon.svg"), "image/svg+xml"));
        assets.put("/page/words.txt", asset(resource("../identity/words.txt"), "text/plain; charset=us-ascii"));
        for (String line : new String(resource("npm/packages.txt"), StandardCharsets.US_ASCII)
                .lines()
                .toList()) {
            String[] told = line.split(" ");
            unpack(told[0], checked("npm/" + told[1], told[2]));
        }
        page = asset(resource("page.html"), "text/html; charset=utf-8");
        policy = policy(new String(page.bytes(), StandardCharsets.UTF_8));
    }

    /// They are opened when the first page is asked for.
    static synchronized PageFiles loaded() throws IOException {
        PageFiles files = loaded;
        if (files == null) {
            files = new PageFiles();
            loaded = files;
        }
        return files;
    }

    /// A package, if it is the one that npm's registry has.
    private static byte[] checked(String name, String integrity) throws IOException {
        byte[] bytes = resource(name);
        if (!integrity.equals("sha512-" + Base64.getEncoder().encodeToString(digest("SHA-512", bytes)))) {
            throw new IOException(name + " is not the package that was published");
        }
        return bytes;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(PageFiles.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    private void unpack(String folder, byte[] packed) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(packed)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName();
                if (name.startsWith("package/") && name.endsWith(".js")) {
                    assets.put(
                            "/page/lib/" + folder + name.substring("package".length()),
                            asset(tar.readAllBytes(), SCRIPT));
                }
            }
        }
    }

    private static Asset asset(byte[] bytes, String type) {
        return new Asset(bytes, type, "\"" + HexFormat.of().formatHex(digest("SHA-256", bytes), 0, 12) + "\"");
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has " + algorithm, e);
        }
    }

    /// Scripts and styles of this server alone. Of what stands in the page only the list of where
    /// libraries are counts, by its hash; and no text becomes a page but by the one policy that reads
    /// strangers' pages without showing them.
    private static String policy(String html) {
        int begin = html.indexOf(MAP_BEGINS) + MAP_BEGINS.length();
        String map = html.substring(begin, html.indexOf("</script>", begin));
        String hash = Base64.getEncoder().encodeToString(digest("SHA-256", map.getBytes(StandardCharsets.UTF_8)));
        return "default-src 'none'; script-src 'self' 'sha256-" + hash + "'; style-src 'self'; connect-src 'self';"
                + " img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none';"
                + " require-trusted-types-for 'script'; trusted-types inert";
    }

    Asset page() {
        return page;
    }

    /// The policy of content for the page.
    String policy() {
        return policy;
    }

    /// What is asked for by that path; null if there is no such file.
    @Nullable
    Asset at(String path) {
        return assets.get(path);
    }
}
