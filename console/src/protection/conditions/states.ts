// What a policy does, as the address says it.

export const STATES = ['enabled', 'enabledForReportingButNotEnforced', 'disabled'] as const;
