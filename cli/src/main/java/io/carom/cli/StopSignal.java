package io.carom.cli;

import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/// Ctrl-C, or a service manager's wish that the program ends. The program is not ended by it but told:
/// what is being done is finished as at any other time, which a shutdown hook cannot, as libraries' own
/// threads end beside it. A second wish ends it at once; nothing that was kept is lost by that.
final class StopSignal {
    private final CountDownLatch asked = new CountDownLatch(1);

    StopSignal() {
        for (String name : new String[] {"TERM", "INT", "HUP"}) {
            try {
                Signal.handle(new Signal(name), signal -> {
                    if (asked.getCount() == 0) {
                        Runtime.getRuntime().halt(128 + signal.getNumber());
                    }
                    asked.countDown();
                });
            } catch (IllegalArgumentException e) {
                // This system has no such signal, or somebody handles it.
            }
        }
    }

    void await() throws InterruptedException {
        asked.await();
    }
}
