package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.observe.CollectedFrom;
import io.carom.observe.Conversations;
import io.carom.observe.Observation;
import io.carom.observe.Observer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Makes observations of what the line reads and, when all is read, hands them over in the order of their
/// times.
public final class ObservationStage implements Stage, AutoCloseable {
    private final Observer observer = new Observer();
    private final TimeOrder order = new TimeOrder();
    private final List<Input> inputs = new ArrayList<>();
    private final List<Consumer<Observation>> takers;
    private final Runnable end;
    private String machine = "";

    /// @param takers each gets every observation
    /// @param end told when there is no more
    public ObservationStage(List<Consumer<Observation>> takers, Runnable end) {
        this.takers = List.copyOf(takers);
        this.end = end;
    }

    @Override
    public void take(Input input, EventBatch batch, Position position) throws IOException {
        if (inputs.isEmpty()
                || !inputs.getLast().path().equals(input.path())
                || !inputs.getLast().client().equals(input.client())) {
            inputs.add(input);
            machine = CollectedFrom.machine(input.path(), input.client());
        }
        try {
            observer.observe(batch, input.client(), inputs.size() - 1, machine, observation -> {
                try {
                    order.add(observation);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void finish() throws IOException {
        Conversations conversations = new Conversations();
        order.drain(observation -> {
            Observation told = conversations.told(observation);
            for (Consumer<Observation> taker : takers) {
                taker.accept(told);
            }
        });
        end.run();
    }

    /// The inputs by the numbers that observations name them by.
    public List<Input> inputs() {
        return List.copyOf(inputs);
    }

    public long observations() {
        return order.total();
    }

    @Override
    public void close() throws IOException {
        order.close();
    }
}
