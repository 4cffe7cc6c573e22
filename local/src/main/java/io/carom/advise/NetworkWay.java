package io.carom.advise;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The private mail network as a way to clients, where the program that runs has it.
public interface NetworkWay {
    /// Delivers to addresses of the network.
    Delivery to(List<String> addresses);

    /// Notes who answered since.
    void collect(Path home, AdviseStore store) throws IOException;

    NetworkWay NONE = new NetworkWay() {
        @Override
        public Delivery to(List<String> addresses) {
            return new Delivery() {
                @Override
                public String channel() {
                    return "network";
                }

                @Override
                public String target() {
                    return String.join(", ", addresses);
                }

                @Override
                public String deliver(Parcel parcel) throws IOException {
                    throw new IOException("no mail network is at hand here");
                }
            };
        }

        @Override
        public void collect(Path home, AdviseStore store) {
            // Nobody answers by what is not there.
        }
    };
}
