/// Duties: what one process at a time does for all.
let resilienceDuties: [SQL] = [
    """
    CREATE TABLE duty (
        name TEXT PRIMARY KEY NOT NULL,
        holder TEXT NOT NULL,
        until \(.int) NOT NULL,
        fence \(.int) NOT NULL CHECK (fence > 0)
    )\(.strict)
    """
]
