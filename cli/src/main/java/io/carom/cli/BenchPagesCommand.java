package io.carom.cli;

import io.carom.server.CaromServer;
import io.carom.server.ServerOptions;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.server.account.People;
import io.carom.server.account.Role;
import io.carom.server.http.RateLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// How long the pages of the dashboard take.
@Command(
        name = "pages",
        header = {
            "Asks each page of the dashboard over a home many times, as a browser does, and tells how long each took.",
            "",
            "  carom bench pages --home breach/home",
            "  carom bench pages --home breach/home --times 100 --page \"/search?q=port:443\" --json",
            "",
            "A server is started on this machine for it, with an account that is taken away again. Searches are",
            "asked twice: as the page comes, with what was found at once, and whole, as the API gives them.",
            ""
        },
        mixinStandardHelpOptions = true)
final class BenchPagesCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ACCOUNT = "bench-pages";

    @Mixin
    Common common = new Common();

    @Option(names = "--times", defaultValue = "40", description = "How often each is asked (default ${DEFAULT-VALUE}).")
    int times;

    @Option(names = "--page", paramLabel = "PATH", description = "Only these; any number of times.")
    List<String> pages = new ArrayList<>();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private String token = "";

    @Override
    public Integer call() throws Exception {
        try (CaromServer server = CaromServer.start(
                        ServerOptions.loopback(common.home(), false).with(RateLimits.NONE));
                Accounts accounts = Accounts.open(common.home());
                People people = People.open(common.home())) {
            Account account = new Account(ACCOUNT, null, null, false);
            accounts.put(account, Instant.now());
            people.put(account, Role.ADMINISTRATOR, false);
            token = accounts.token(ACCOUNT, true, true, Instant.now().plus(Duration.ofHours(6)), Instant.now());
            try {
                for (Map.Entry<String, String> page : paths(server.address()).entrySet()) {
                    measure(server.address(), page.getKey(), page.getValue());
                }
            } finally {
                accounts.remove(ACCOUNT);
            }
        } finally {
            http.shutdownNow();
        }
        return Exit.DONE;
    }

    private static String url(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// The pages, by what they are called in the answer.
    private Map<String, String> paths(URI server) throws IOException, InterruptedException {
        Map<String, String> out = new LinkedHashMap<>();
        if (!pages.isEmpty()) {
            pages.forEach(p -> out.put(p, p));
            return out;
        }
        JsonNode incidents = json(server, "/api/v1/incidents?status=");
        JsonNode first = null;
        for (JsonNode one : incidents.path("incidents")) {
            first = first == null
                            || one.path("steps").asInt(0) > first.path("steps").asInt(0)
                    ? one
                    : first;
        }
        JsonNode suppliers = json(server, "/api/v1/suppliers").path("suppliers");
        JsonNode clients = json(server, "/api/v1/clients").path("clients");
        JsonNode events =
                json(server, "/api/v1/events?q=id.resp_h&limit=50&within=2000").path("events");
        out.put("Now", "/");
        out.put("Incidents", "/incidents");
        if (first != null) {
            String id = first.path("id").asString("");
            JsonNode whole = json(server, "/api/v1/incidents/" + id);
            out.put("Incident", "/incidents/" + id);
            out.put("Incident, its picture", "/api/v1/incidents/" + id + "/picture");
            out.put("Trace of an incident", "/trace?what=" + id);
            String host = whole.path("path").path(0).path("to").asString("");
            if (!host.isEmpty()) {
                out.put("Trace of a machine", "/trace?what=" + url(host));
            }
        }
        out.put("Hunt", "/hunt");
        out.put("Campaigns", "/campaigns");
        out.put("Suppliers", "/suppliers");
        if (!suppliers.isEmpty()) {
            out.put(
                    "Supplier",
                    "/suppliers/" + url(suppliers.path(0).path("name").asString("")));
        }
        out.put("Clients", "/clients");
        if (!clients.isEmpty()) {
            String client = url(clients.path(0).path("name").asString(""));
            out.put("Client", "/clients/" + client);
            out.put("Advice", "/clients/" + client + "/advice");
            out.put("Advice, the package", "/clients/" + client + "/advice/draft");
        }
        out.put("Sources", "/sources");
        out.put("Clocks", "/clocks");
        search("Search, the latest day", "", out);
        String address = address(events);
        if (!address.isEmpty()) {
            search("Search, an address", address, out);
            search("Search, a source address", "src:" + address, out);
        }
        search("Search, a port", "port:443", out);
        search("Search, a name with *", "host:*a*", out);
        search("Search, a word", "powershell", out);
        search("Search, a word that is nowhere", "xyzzynowhere", out);
        out.put("SQL", "/query?sql=" + url("select 1"));
        out.put("Rules", "/rules");
        out.put("Intel", "/intel");
        out.put("Audit", "/audit");
        out.put("Settings", "/settings");
        return out;
    }

    private static void search(String name, String text, Map<String, String> out) {
        out.put(name, "/search?q=" + url(text));
        out.put(name + ", whole", "/api/v1/events?limit=100&q=" + url(text));
    }

    /// The first address of any record.
    private static String address(JsonNode events) {
        java.util.regex.Pattern address = java.util.regex.Pattern.compile("\\b(?:10|192|172)(?:\\.\\d{1,3}){3}\\b");
        for (JsonNode one : events) {
            java.util.regex.Matcher found = address.matcher(one.path("raw").asString(""));
            if (found.find()) {
                return found.group();
            }
        }
        return "";
    }

    private HttpResponse<byte[]> ask(URI server, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(server.resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private JsonNode json(URI server, String path) throws IOException, InterruptedException {
        return JSON.readTree(ask(server, path).body());
    }

    private static long processor() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime()
                : 0;
    }

    private void measure(URI server, String name, String path) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        HttpResponse<byte[]> first = ask(server, path);
        double cold = (System.nanoTime() - begun) / 1e6;
        double[] took = new double[times];
        long processor = processor();
        for (int i = 0; i < times; i++) {
            begun = System.nanoTime();
            HttpResponse<byte[]> answer = ask(server, path);
            took[i] = (System.nanoTime() - begun) / 1e6;
            if (answer.statusCode() != 200) {
                throw new IOException(path + " was answered with " + answer.statusCode());
            }
        }
        double mean = (processor() - processor) / 1e6 / Math.max(1, times);
        Arrays.sort(took);
        tell(name, path, cold, at(took, 0.5), at(took, 0.95), mean, first.body().length);
    }

    private static double at(double[] sorted, double part) {
        return sorted.length == 0 ? 0 : sorted[Math.min(sorted.length - 1, (int) Math.ceil(part * sorted.length) - 1)];
    }

    private void tell(String name, String path, double first, double half, double most, double processor, int bytes) {
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("page", name)
                    .put("path", path)
                    .put("times", times)
                    .put("first_ms", tenth(first))
                    .put("p50_ms", tenth(half))
                    .put("p95_ms", tenth(most))
                    .put("processor_ms", tenth(processor))
                    .put("bytes", bytes);
            common.out().println(JSON.writeValueAsString(line));
        } else {
            common.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%-36s first %7.1f  p50 %7.1f  p95 %7.1f  processor %6.1f ms  %,9d bytes",
                            name,
                            first,
                            half,
                            most,
                            processor,
                            bytes));
        }
        common.out().flush();
    }

    private static double tenth(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
