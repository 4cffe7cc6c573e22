package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// `docs/log-sources.md` says what `logsources.yaml` does; `-Dgolden=write` writes it anew.
class LogSourcesPageTest {
    private static final Path PAGE = Path.of("..", "docs", "log-sources.md");

    @Test
    void thePageSaysWhatTheFileDoes() throws IOException {
        String page = page();
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(PAGE, page);
        }
        assertEquals(page, Files.readString(PAGE), "stale: run this test with -Dgolden=write");
    }

    private static String page() {
        Map<String, List<LogSources.Route>> byProduct = new TreeMap<>(
                Comparator.comparing((String product) -> product.isEmpty()).thenComparing(Comparator.naturalOrder()));
        for (LogSources.Route route : LogSources.standard().routes()) {
            byProduct
                    .computeIfAbsent(Objects.requireNonNullElse(route.of().product(), ""), k -> new ArrayList<>())
                    .add(route);
        }
        StringBuilder page = new StringBuilder("""
                # Log sources of Sigma rules

                Made from `core/src/main/resources/io/carom/detect/sigma/logsources.yaml` by `LogSourcesPageTest`;
                do not edit. A rule looks at an event when each part of its `logsource` is a part of a row that the
                event belongs to; an event belongs to a row when one of the row's conditions holds. `windows-*` is
                any reader whose name begins so; `@…` is an OCSF attribute, any other name is the product's own
                field. A field of a rule that is not named here is the product's own field of that name.
                """);
        byProduct.forEach((product, routes) -> {
            page.append("\n## ")
                    .append(product.isEmpty() ? "any product" : product)
                    .append("\n\n");
            page.append("| category | service | events | fields of rules |\n|---|---|---|---|\n");
            Map<LogSource, List<LogSources.Route>> rows = new LinkedHashMap<>();
            routes.forEach(
                    r -> rows.computeIfAbsent(r.of(), k -> new ArrayList<>()).add(r));
            rows.forEach((of, same) -> {
                for (LogSources.Route route : same) {
                    page.append("| ").append(cell(of.category())).append(" | ").append(cell(of.service()));
                    page.append(" | ")
                            .append(events(route))
                            .append(" | ")
                            .append(fields(route))
                            .append(" |\n");
                }
            });
        });
        return page.toString();
    }

    private static String cell(String part) {
        return Objects.requireNonNullElse(part, "");
    }

    private static String events(LogSources.Route route) {
        return route.never() != null
                ? "none: " + route.never()
                : route.when().stream().map(w -> '`' + w + '`').collect(Collectors.joining("<br>"));
    }

    private static String fields(LogSources.Route route) {
        return route.fields().entrySet().stream()
                .map(f -> '`' + f.getKey() + "` = "
                        + f.getValue().stream().map(p -> '`' + p + '`').collect(Collectors.joining(", ")))
                .collect(Collectors.joining("<br>"));
    }
}
