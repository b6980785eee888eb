SELECT placed_at::date AS day, total_cents
FROM placed_orders
WHERE placed_at >= $1 AND placed_at < $2
ORDER BY placed_at
