package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.carom.Mutation;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/// A list of indicators of any content gives indicators and what was not understood.
class IndicatorFileFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of("""
                # a list
                198.51.100.7
                hxxp://evil[.]example/path?q=1
                bad@collector.example
                27304B246C7D5B4E149124D5F93C5B01
                2001:db8::/32
                """, """
                type,value,comment
                domain,internal-message.example,"look-alike, April"
                ipv4,203.0.113.9,
                sha256,3337e3875b05e0bfba69ab926532e3f179e8cfbf162ebb60ce58a0281437a7ef,tool
                """).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void anyText(byte[] bytes) throws IOException {
        holds(bytes);
    }

    @Test
    void spoiltListsAreReadToTheirEnd() throws IOException {
        List<byte[]> samples = seeds().toList();
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 3000; i++) {
            holds(Mutation.of(samples, random));
        }
    }

    private static void holds(byte[] bytes) throws IOException {
        assertNotNull(IndicatorFile.read(new StringReader(new String(bytes, StandardCharsets.UTF_8)), "list.txt"));
    }
}
