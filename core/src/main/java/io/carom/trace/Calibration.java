package io.carom.trace;

/// Turns weights into frequencies: of the readings that say 0.8, about 80 in 100 shall be right.
///
/// The curve is fitted on scenarios that no figure is stated for; see `docs/decisions/007`.
final class Calibration {
    private Calibration() {}

    static double entry(double weight) {
        return Math.clamp(weight, 0, 0.98);
    }
}
