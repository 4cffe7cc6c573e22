package io.carom.source;

import io.carom.event.EventBatch;
import io.carom.event.EventJson;
import io.carom.event.JsonText;
import io.carom.event.Reject;
import io.carom.event.SourceNames;
import io.carom.source.input.InputReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads bytes as the product does and gives what came out as text: for tests.
public record ReadEvents(
        InputReader.Result result,
        List<String> events,
        List<String> sources,
        List<String> natives,
        List<Reject> rejects) {

    /// The reference time that tests read with: years left out of times are 2019 or the end of 2018.
    public static final Instant REFERENCE = Instant.parse("2019-06-30T00:00:00Z");

    public static ReadEvents of(String name, byte[] bytes) {
        return of(name, new ByteArrayInputStream(bytes), null);
    }

    public static ReadEvents of(String name, InputStream in, @Nullable Source forced) {
        return of(name, in, Sources.installed(), forced);
    }

    public static ReadEvents of(String name, InputStream in, Sources formats, @Nullable Source forced) {
        List<String> events = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        List<String> natives = new ArrayList<>();
        List<Reject> rejects = new ArrayList<>();
        EventJson json = new EventJson(false);
        JsonText text = new JsonText();
        try {
            InputReader.Result result = new InputReader(formats, forced)
                    .read(in, new InputContext(name, ZoneOffset.UTC, REFERENCE), new EventBatch(1 << 16), (b, n) -> {
                        for (int row = 0; row < b.rows(); row++) {
                            text.length(0);
                            json.write(b, row, text);
                            events.add(text.toString());
                            sources.add(SourceNames.name(b.source(row)));
                            natives.add(b.text(b.nativeText(row)));
                        }
                        rejects.addAll(b.rejects());
                        return b;
                    });
            return new ReadEvents(result, events, sources, natives, rejects);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
