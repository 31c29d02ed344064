"""Uploads, imports with their rows, and exports."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.create_table(
        "exports",
        sa.Column("status", sa.String(length=16), server_default="queued", nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('queued', 'completed', 'failed')", name=op.f("ck_exports_status_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_table(
        "uploads",
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("key", name=op.f("uq_uploads_key")),
    )
    op.create_table(
        "imports",
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("validate_only", sa.Boolean(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("images_upload_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=16), server_default="queued", nullable=False),
        sa.Column("phase", sa.String(length=16), server_default="upload", nullable=False),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("header", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("delimiter", sa.String(length=1), server_default=",", nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("line", sa.Integer(), server_default="1", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cursor", sa.Text(), server_default="", nullable=False),
        sa.Column("products_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("products_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pushes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("notes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'completed', 'failed')", name=op.f("ck_imports_status_known")
        ),
        sa.ForeignKeyConstraint(["images_upload_id"], ["uploads.id"], name=op.f("fk_imports_images_upload_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_imports_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_images_upload_id"), "imports", ["images_upload_id"], unique=False)
    op.create_index(
        "ix_imports_unfinished",
        "imports",
        ["updated_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )
    op.create_index(op.f("ix_imports_upload_id"), "imports", ["upload_id"], unique=False)
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("product_key", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("product_outcome", sa.String(length=16), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_outcome", "import_rows", ["import_id", "outcome", "line"], unique=False)
    op.create_index("ix_import_rows_product_key", "import_rows", ["import_id", "product_key", "line"], unique=False)
    op.create_index("ix_import_rows_sku", "import_rows", ["import_id", "sku", "line"], unique=False)


def downgrade() -> None:
    """Downgrade the tables to the revision before."""
    op.drop_index("ix_import_rows_sku", table_name="import_rows")
    op.drop_index("ix_import_rows_product_key", table_name="import_rows")
    op.drop_index("ix_import_rows_outcome", table_name="import_rows")
    op.drop_table("import_rows")
    op.drop_index(op.f("ix_imports_upload_id"), table_name="imports")
    op.drop_index(
        "ix_imports_unfinished", table_name="imports", postgresql_where=sa.text("status IN ('queued', 'running')")
    )
    op.drop_index(op.f("ix_imports_images_upload_id"), table_name="imports")
    op.drop_table("imports")
    op.drop_table("uploads")
    op.drop_table("exports")
