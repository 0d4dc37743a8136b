/** What a `topple` process tells its caller; a pipeline may branch on each of them. */
export const exitCodes = {
  /** Every promised invariant held, with at least its minimum evidence. */
  pass: 0,
  /** An invariant was violated, the dashboards lied about it, or a check failed. */
  violated: 1,
  /** The command line or the configuration cannot be used. */
  usage: 2,
  /** No verdict: too little evidence, a fault that hit nothing, a race that never overlapped. */
  unknown: 3,
  /** The world did not start, so nothing was tested. */
  environment: 4,
  /** The run ended but something of it could not be removed. */
  cleanup: 5,
  /** A bug of topple itself: nothing is known about the system. EX_SOFTWARE of sysexits. */
  internal: 70,
  /** Stopped by Ctrl-C, after cleaning up. */
  interrupted: 130,
} as const;

/** One of the values of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
