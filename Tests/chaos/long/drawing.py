"""Draws columns of numbers over time as one SVG, a small picture for each, without any library."""

WIDTH, HEIGHT, LEFT, GAP = 860, 110, 70, 34


def lines(samples: list[dict], along: str, columns: list[str]) -> str:
    """One picture below the other; each from 0 to its own largest value."""
    end = max((row[along] for row in samples), default=1) or 1
    whole = len(columns) * (HEIGHT + GAP) + GAP
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + LEFT + 20} {whole}" '
             'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="#fff"/>']
    for number, column in enumerate(columns):
        top = GAP + number * (HEIGHT + GAP)
        most = max((row[column] for row in samples), default=1) or 1
        points = " ".join(f"{LEFT + WIDTH * row[along] / end:.1f},{top + HEIGHT * (1 - row[column] / most):.1f}"
                          for row in samples)
        parts += [f'<text x="{LEFT}" y="{top - 8}">{column}</text>',
                  f'<path d="M{LEFT} {top}V{top + HEIGHT}H{LEFT + WIDTH}" fill="none" stroke="#999"/>',
                  f'<text x="{LEFT - 6}" y="{top + 10}" text-anchor="end">{most:g}</text>',
                  f'<text x="{LEFT - 6}" y="{top + HEIGHT}" text-anchor="end">0</text>',
                  f'<text x="{LEFT + WIDTH}" y="{top + HEIGHT + 16}" text-anchor="end">{end / 60:.0f} min</text>',
                  f'<polyline points="{points}" fill="none" stroke="#245" stroke-width="1.2"/>']
    return "\n".join([*parts, "</svg>"]) + "\n"
