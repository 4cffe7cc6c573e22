package io.carom.server.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.function.Consumer;

/// Receives packets, one after the other, in a thread of its own.
final class Datagrams implements AutoCloseable {
    /// What the system is asked to hold while this is busy.
    private static final int BUFFER = 16 << 20;

    interface Taker {
        /// The buffer is lent for the call.
        void packet(InetSocketAddress from, ByteBuffer packet);
    }

    private final DatagramChannel channel;
    private final Thread thread;
    private final Consumer<String> notes;
    private final Taker taker;

    Datagrams(InetSocketAddress address, Consumer<String> notes, Taker taker) throws IOException {
        this.notes = notes;
        this.taker = taker;
        channel = DatagramChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
            channel.bind(address);
        } catch (IOException e) {
            channel.close();
            throw new IOException(
                    "cannot listen on " + address.getAddress().getHostAddress() + " port " + address.getPort()
                            + " (UDP): " + e.getMessage(),
                    e);
        }
        thread = Thread.ofPlatform().name("carom-udp").daemon().start(this::receive);
    }

    private void receive() {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                if (channel.receive(buffer) instanceof InetSocketAddress from) {
                    taker.packet(from, buffer.flip());
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException e) {
                notes.accept("a packet could not be received: " + e.getMessage());
            }
        }
    }

    String place() throws IOException {
        InetSocketAddress at = (InetSocketAddress) channel.getLocalAddress();
        String host = at.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + at.getPort();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
