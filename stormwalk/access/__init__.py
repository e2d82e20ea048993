"""Who may do what: the permission matrix, the probes that hold an application against it, and the judgement."""
