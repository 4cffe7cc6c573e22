package io.carom.source.user;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.carom.Mutation;
import io.carom.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/// A mapping file of any content is a format, or faults that say where they are.
class MappingFileFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of("""
                name: gatekeeper
                product: {vendor: Example, name: Gatekeeper}
                format: json
                recognise:
                  fields: [gk_event, ts]
                time: {field: ts, form: iso}
                fields:
                  peer: src_endpoint.ip
                kinds:
                  - when: {gk_event: [login, logon]}
                    class: authentication
                    fields:
                      who: user.name
                      result: {to: status_id, values: {allow: Success, deny: Failure}, otherwise: 99}
                    constants: {activity_id: Logon, service.name: Gatekeeper}
                  - when: {gk_event: traffic}
                    class: 4001
                    fields: {target: dst_endpoint.ip, port: {to: dst_endpoint.port, as: port}}
                """, """
                name: flows
                product: {vendor: Example, name: Flows}
                format: delimited
                delimiter: tab
                columns: [a, b, c]
                time: {field: a, pattern: "dd.MM.yyyy HH:mm:ss", zone: Europe/Berlin}
                class: network_activity
                fields: {b: src_endpoint.ip, c: dst_endpoint.port}
                """).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void anyText(byte[] bytes) {
        holds(bytes);
    }

    @Test
    void spoiltFilesAreFaultsWithTheirPlace() {
        List<byte[]> samples = seeds().toList();
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 1000; i++) {
            holds(Mutation.of(samples, random));
        }
    }

    private static void holds(byte[] bytes) {
        try {
            MappingFile.parse(new String(bytes, StandardCharsets.UTF_8), "own.yaml");
        } catch (ConfigException e) {
            assertFalse(String.valueOf(e.getMessage()).isBlank());
        }
    }
}
