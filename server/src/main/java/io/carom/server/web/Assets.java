package io.carom.server.web;

import io.carom.server.http.Cost;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;

/// Styles and scripts, our own and those of libraries: all from this server, each under an address that
/// changes with what is in it, so a browser keeps it for good.
final class Assets {
    private static final String OWN = "/io/carom/server/web/";
    private static final String JARS = "/META-INF/resources/webjars/";

    private static final Map<String, String> FILES = Map.ofEntries(
            Map.entry("carom.css", OWN + "carom.css"),
            Map.entry("carom.js", OWN + "carom.js"),
            Map.entry("live.js", OWN + "live.js"),
            Map.entry("bulk.js", OWN + "bulk.js"),
            Map.entry("theme.js", OWN + "theme.js"),
            Map.entry("graph.js", OWN + "graph.js"),
            Map.entry("charts.js", OWN + "charts.js"),
            Map.entry("favicon.svg", OWN + "favicon.svg"),
            Map.entry("htmx.js", JARS + "htmx.org/2.0.10/dist/htmx.min.js"),
            Map.entry("echarts.js", JARS + "echarts/5.3.1/dist/echarts.min.js"),
            Map.entry("cytoscape.js", JARS + "cytoscape/3.33.1/dist/cytoscape.min.js"));

    private static final Map<String, Asset> LOADED = new ConcurrentHashMap<>();

    private Assets() {}

    private record Asset(byte[] plain, byte[] packed, String hash) {}

    static Route route() {
        return Route.open(HandlerType.GET, "/assets/{name}", Assets::give).costing(Cost.STATIC);
    }

    private static Asset asset(String name) {
        return LOADED.computeIfAbsent(name, n -> load(String.valueOf(FILES.get(n))));
    }

    private static Asset load(String file) {
        try (InputStream in = Assets.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException(file + " is not in the program");
            }
            byte[] plain = in.readAllBytes();
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
                out.write(plain);
            }
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(plain);
            return new Asset(plain, packed.toByteArray(), HexFormat.of().formatHex(hash, 0, 8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /// Where a browser finds it.
    static String path(String name) {
        return "/assets/" + name + "?v=" + asset(name).hash;
    }

    private static void give(Context context) throws Refused {
        String name = context.pathParam("name");
        if (!FILES.containsKey(name)) {
            throw Refused.notThere();
        }
        Asset asset = asset(name);
        context.header("Content-Type", type(name));
        context.header("Vary", "Accept-Encoding");
        if (asset.hash.equals(context.queryParam("v"))) {
            context.header("Cache-Control", "public, max-age=31536000, immutable");
        }
        String takes = context.header("Accept-Encoding");
        if (takes != null && takes.contains("gzip")) {
            context.header("Content-Encoding", "gzip");
            context.result(asset.packed);
        } else {
            context.result(asset.plain);
        }
    }

    private static String type(String name) {
        return name.endsWith(".css")
                ? "text/css; charset=utf-8"
                : name.endsWith(".svg") ? "image/svg+xml" : "text/javascript; charset=utf-8";
    }
}
