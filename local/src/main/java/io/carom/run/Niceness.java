package io.carom.run;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How much of the processors a thread gets where more want them than there are, by its *nice* value: on Linux each
/// thread has one (`setpriority(2)`), and threads that it starts have the same. Anybody may make a thread nicer,
/// nobody but root takes that back. Elsewhere all threads stay alike.
///
/// The JVM takes no notice of {@link Thread#setPriority} there, unless it is started with a flag that warns of missing
/// rights.
enum Niceness {
    /// What is late behind findings without harm: it has a third of what they have.
    LATER(5),
    /// What takes minutes anyway: a tenth.
    LEAST(10);

    private static final int THREAD = 0;
    private static final int MOST = 19;

    private final int by;

    Niceness(int by) {
        this.by = by;
    }

    /// The functions of the C library; null where there are none that do this.
    private record Calls(MethodHandle get, MethodHandle set) {
        static final @Nullable Calls C = find();

        private static @Nullable Calls find() {
            if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux")) {
                // Where `who` is 0 others speak of the whole process.
                return null;
            }
            try {
                Linker linker = Linker.nativeLinker();
                ValueLayout.OfInt n = ValueLayout.JAVA_INT;
                return new Calls(
                        linker.downcallHandle(
                                linker.defaultLookup().findOrThrow("getpriority"), FunctionDescriptor.of(n, n, n)),
                        linker.downcallHandle(
                                linker.defaultLookup().findOrThrow("setpriority"), FunctionDescriptor.of(n, n, n, n)));
            } catch (RuntimeException | LinkageError e) {
                // Without it all goes on, a little less well.
                return null;
            }
        }
    }

    /// The same work, in a thread that is nicer by so much.
    Runnable of(Runnable work) {
        return () -> {
            lower();
            work.run();
        };
    }

    /// Makes the present thread nicer.
    ///
    /// @return its nice value from now on; 0 where it has none
    int lower() {
        Calls calls = Calls.C;
        if (calls == null) {
            return 0;
        }
        try {
            int nice = Math.min(MOST, (int) calls.get.invokeExact(THREAD, 0) + by);
            return (int) calls.set.invokeExact(THREAD, 0, nice) == 0 ? nice : 0;
        } catch (Throwable e) {
            // Neither function throws; the handle says that any could.
            throw new IllegalStateException(e);
        }
    }
}
