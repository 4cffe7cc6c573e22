package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class NicenessTest {
    /// The 19th field of proc(5)'s stat; the name before may hold spaces.
    private static int nice() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void onlyThatThreadAndWhatItStartsIsNicer() throws Exception {
        int before = nice();
        CompletableFuture<Integer> own = new CompletableFuture<>();
        CompletableFuture<Integer> child = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(Niceness.LATER.of(() -> {
            own.complete(nice());
            Thread.ofPlatform().start(() -> child.complete(nice()));
        }));
        thread.join();
        assertEquals(Math.min(19, before + 5), own.get());
        assertEquals(own.get(), child.get());
        assertEquals(before, nice());
    }

    @Test
    void nothingIsNicerThanThereIs() throws Exception {
        CompletableFuture<Integer> last = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(Niceness.LEAST.of(() -> {
                    Niceness.LEAST.lower();
                    last.complete(Niceness.LEAST.lower());
                }))
                .join();
        assertEquals(19, last.get());
    }
}
