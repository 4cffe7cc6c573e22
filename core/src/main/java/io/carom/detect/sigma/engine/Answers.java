package io.carom.detect.sigma.engine;

/// What a field answers by its value, or by all its values together: the tests that pass, and the atoms (as
/// numbered in the program) that these turn from their ground state.
///
/// Values differ where their answers do not: of a thousand command lines most pass the same few tests. So the
/// answers of a field are made once and known again; see {@link AnswerBook}.
///
/// @param state the same number for whatever turns the same atoms; 0 where none turn
record Answers(int[] tests, int[] turned, int state) {}
